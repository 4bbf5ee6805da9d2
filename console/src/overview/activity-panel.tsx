import type { Activity } from "../../../packages/tenon/src/server/wire.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import "./activity-panel.css";

const shownMax = 12;

/** What happened last, newest first. */
export function ActivityPanel({ activity }: { readonly activity: readonly Activity[] }) {
  const newestFirst = [...activity].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, shownMax);
  return (
    <Panel title="What happened last" flush>
      {newestFirst.length === 0 ? (
        <EmptyState title="Nothing yet">
          Trained versions, promotions, changed builds and new keys are told here.
        </EmptyState>
      ) : (
        <ol className="activity">
          {newestFirst.map((item) => (
            <li key={`${item.at} ${item.kind} ${item.text}`}>
              <span className="activity-at">
                <Moment at={item.at} as="short" />
              </span>
              <span className="activity-text">{item.text}</span>
              <code className="activity-kind">{item.kind}</code>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
