import type { StatusAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { formatBytes, formatCompact, formatCount } from "../format/number.ts";
import { useApp } from "../frame/app-context.ts";
import { Badge } from "../parts/badge.tsx";
import { Digest } from "../parts/digest.tsx";
import { Facts } from "../parts/facts.tsx";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";

/** More than a few seconds of events at a brisk rate. */
const lagNoted = 10_000;

export function SystemPanel({ status }: { readonly status: StatusAnswer }) {
  const { build, version } = useApp();
  const lag = status.applierLagEvents;
  return (
    <Panel title="This process">
      <Facts
        facts={[
          { name: "App clock", value: <Moment at={status.appNow} as="minute" /> },
          { name: "Clock rate", value: `${formatCount(status.clockRate)} s a second` },
          {
            name: "Applier lag",
            value:
              lag > lagNoted ? (
                <Badge tone="unsure">{formatCount(lag)} events behind</Badge>
              ) : (
                `${formatCount(lag)} events`
              ),
          },
          { name: "Log queue", value: `${formatCount(status.logQueueEvents)} events` },
          { name: "Events in all", value: formatCompact(status.eventsTotal) },
          { name: "Predictions in all", value: formatCompact(status.predictionsTotal) },
          { name: "Memory", value: formatBytes(status.rssBytes) },
          { name: "On disk", value: formatBytes(status.diskBytes) },
          { name: "Started", value: <Moment at={status.startedAt} as="short" /> },
          { name: "Build", value: <Digest value={build} /> },
          { name: "Tenon", value: version },
        ]}
      />
    </Panel>
  );
}
