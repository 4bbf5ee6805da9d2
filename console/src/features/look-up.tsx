import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type FeatureSet, featuresQuery } from "../api/feature-reads.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Loading } from "../parts/loading.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { ColumnHistory } from "./column-history.tsx";
import { KeyForm } from "./key-form.tsx";
import "./look-up.css";
import { TimeSlider } from "./time-slider.tsx";
import { useTimeTravel } from "./use-time-travel.ts";
import { ValueTable } from "./value-table.tsx";

const route = getRouteApi("/features/$set");

/** The values of one key, now and at a chosen time; key, time and column stand in the address. */
export function LookUp({ set }: { readonly set: FeatureSet }) {
  const { key = "", at, column } = route.useSearch();
  const navigate = route.useNavigate();
  const travel = useTimeTravel(at, (chosen) =>
    navigate({ search: (before) => ({ ...before, at: chosen }), replace: true, resetScroll: false }),
  );
  const now = useQuery(featuresQuery(set, key, undefined));
  const then = useQuery(featuresQuery(set, key, travel.settledAt));
  const rowNow = now.data?.rows[0];
  const rowThen = then.data?.rows[0];
  const error = then.error ?? now.error;
  return (
    <Panel title="Look up a key">
      <KeyForm key={key} set={set} value={key} onLookUp={(next) => navigate({ search: { key: next, column } })} />
      {key === "" ? (
        <EmptyState title={`Type the key of one ${set.entity}`}>
          The values come as a prediction would read them now. Then move the slider to see them at an earlier time.
        </EmptyState>
      ) : (
        <div className="stack">
          <TimeSlider travel={travel} />
          {error && <ProblemNotice error={error} />}
          {!rowThen && !error && <Loading lines={set.columns.length + 1} what="values" />}
          {rowThen && then.data && (
            <div className="columns columns-aside look-up-answer">
              <ValueTable
                set={set}
                answer={then.data}
                row={rowThen}
                compared={travel.at === undefined ? undefined : rowNow}
              />
              <ColumnHistory
                set={set}
                lookedUp={key}
                column={column}
                travel={travel}
                onColumn={(next) =>
                  navigate({ search: (before) => ({ ...before, column: next }), replace: true, resetScroll: false })
                }
              />
            </div>
          )}
        </div>
      )}
    </Panel>
  );
}
