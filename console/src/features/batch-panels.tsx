import { useQuery } from "@tanstack/react-query";
import type { BatchStatus } from "../../../packages/tenon/src/server/wire.ts";
import { useRunBatch } from "../api/actions.ts";
import { batchQuery } from "../api/queries.ts";
import { formatDuration } from "../format/duration.ts";
import { formatCount } from "../format/number.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Command } from "../parts/command.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Facts } from "../parts/facts.tsx";
import { Loading } from "../parts/loading.tsx";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { BatchRunTable } from "./batch-run-table.tsx";

/** How a batch does: its schedule, its runs and its SQL. */
export function BatchPanels({ name }: { readonly name: string }) {
  const { data: batch, error, refetch } = useQuery(batchQuery(name));
  if (error && !batch) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (!batch) return <Loading what={`the runs of ${name}`} />;
  return (
    <>
      <Panel title="Schedule" actions={<RunNow batch={batch} />} testId="batch-schedule">
        <Facts
          facts={[
            { name: "State", value: <BatchState batch={batch} /> },
            { name: "Runs", value: batch.schedule },
            { name: "Age of its values", value: batch.ageMs === null ? "no run yet" : formatDuration(batch.ageMs) },
            { name: "Next run", value: batch.nextAt === null ? "–" : <Moment at={batch.nextAt} /> },
            { name: "Reads", value: batch.reads.join(", ") || "nothing" },
          ]}
        />
      </Panel>
      <Panel title="Runs" note="newest first" flush>
        {batch.runs.length > 0 ? (
          <BatchRunTable name={batch.name} runs={batch.runs} />
        ) : (
          <EmptyState title="No run yet" command={`npx tenon batches run ${batch.name}`}>
            Its columns read null until the first run is published.
          </EmptyState>
        )}
      </Panel>
      <Panel title="SQL">
        <Command text={batch.sql} />
      </Panel>
    </>
  );
}

function BatchState({ batch: { state, late, progress } }: { readonly batch: BatchStatus }) {
  if (state === "running")
    return (
      <Badge tone="accent">
        {progress === null ? "running" : `${progress.step}${progress.done > 0 ? ` ${formatCount(progress.done)}` : ""}`}
      </Badge>
    );
  if (state === "failing") return <Badge tone="bad">failing</Badge>;
  if (late) return <Badge tone="bad">late</Badge>;
  return state === "ok" ? <Badge tone="good">published</Badge> : <Badge tone="unsure">waiting for its first run</Badge>;
}

function RunNow({ batch: { name, state } }: { readonly batch: BatchStatus }) {
  const run = useRunBatch(name);
  return (
    <>
      {run.error && <ProblemNotice error={run.error} />}
      <Button testId="batch-run" look="small" busy={run.isPending || state === "running"} onClick={() => run.mutate()}>
        {state === "running" ? "Running…" : "Run now"}
      </Button>
    </>
  );
}
