import type { BatchRunStatus } from "../../../packages/tenon/src/server/wire.ts";
import { formatDuration } from "../format/duration.ts";
import { formatCount } from "../format/number.ts";
import { Badge } from "../parts/badge.tsx";
import { Moment } from "../parts/moment.tsx";
import { Table } from "../parts/table.tsx";

interface BatchRunTableProps {
  readonly name: string;
  readonly runs: readonly BatchRunStatus[];
}

export function BatchRunTable({ name, runs }: BatchRunTableProps) {
  return (
    <Table
      caption={`Runs of ${name}`}
      testId="batch-runs"
      head={
        <>
          <th scope="col">State</th>
          <th scope="col">Computed for</th>
          <th scope="col">Begun</th>
          <th scope="col" className="number">
            Took
          </th>
          <th scope="col" className="number">
            Rows
          </th>
          <th scope="col">Error</th>
        </>
      }
    >
      {runs.map((run) => (
        <tr key={`${run.startedAt} ${run.asOf}`}>
          <td className="one-line">
            <RunState run={run} />
          </td>
          <td className="one-line">
            {run.from !== null && (
              <>
                {run.times} times, <Moment at={run.from} /> to{" "}
              </>
            )}
            <Moment at={run.asOf} />
          </td>
          <td className="one-line">
            <Moment at={run.startedAt} as="exact" />
          </td>
          <td className="number">{run.durationMs === null ? "–" : formatDuration(run.durationMs)}</td>
          <td className="number">{run.rows === null ? "–" : formatCount(run.rows)}</td>
          <td>
            {run.error === null ? (
              <span className="quiet">none</span>
            ) : (
              <>
                <code>{run.error.code}</code>: {run.error.message}
              </>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function RunState({ run: { state, kind } }: { readonly run: BatchRunStatus }) {
  const what = kind === "backfill" ? `backfill ${state}` : state;
  if (state === "running") return <Badge tone="accent">{what}</Badge>;
  return <Badge tone={state === "published" ? "good" : "bad"}>{what}</Badge>;
}
