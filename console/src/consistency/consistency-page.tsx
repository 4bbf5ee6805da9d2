import { useQuery } from "@tanstack/react-query";
import type { ConsistencyAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { consistencyQuery } from "../api/queries.ts";
import { formatCount } from "../format/number.ts";
import { Badge } from "../parts/badge.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Facts } from "../parts/facts.tsx";
import { Loading } from "../parts/loading.tsx";
import { Moment } from "../parts/moment.tsx";
import { Page } from "../parts/page.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { MismatchTable } from "./mismatch-table.tsx";

/** Whether what was served is what the events say: a sample of logged predictions, recomputed. */
export function ConsistencyPage() {
  const { data, error, refetch } = useQuery(consistencyQuery);
  return (
    <Page
      title="Consistency"
      lead="A sample of logged predictions has its features recomputed from the log's events, as of each one's time and position."
    >
      {error && !data ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : null}
      {data ? <Found consistency={data} /> : !error && <Loading what="what was recomputed" />}
    </Page>
  );
}

function Found({ consistency }: { readonly consistency: ConsistencyAnswer }) {
  const { predictions, values, mismatches, lastRoundAt, newest } = consistency;
  return (
    <>
      <Panel title="Since the start" testId="consistency">
        <Facts
          facts={[
            { name: "State", value: <State consistency={consistency} /> },
            { name: "Predictions recomputed", value: formatCount(predictions) },
            { name: "Values compared", value: formatCount(values) },
            { name: "Mismatches", value: formatCount(mismatches) },
            { name: "Last round", value: lastRoundAt === null ? "–" : <Moment at={lastRoundAt} as="exact" /> },
          ]}
        />
      </Panel>
      <Panel title="Mismatches" note={newest.length < mismatches ? `the newest ${newest.length}` : undefined} flush>
        {newest.length > 0 ? (
          <MismatchTable mismatches={newest} />
        ) : (
          <EmptyState title="No mismatch" command="npx tenon verify">
            Prove the same over random histories of your own events, before anything is served.
          </EmptyState>
        )}
      </Panel>
    </>
  );
}

function State({ consistency: { on, predictions, mismatches } }: { readonly consistency: ConsistencyAnswer }) {
  if (mismatches > 0) return <Badge tone="bad">does not agree</Badge>;
  if (!on) return <Badge>off</Badge>;
  return predictions > 0 ? <Badge tone="good">one number</Badge> : <Badge tone="unsure">nothing recomputed yet</Badge>;
}
