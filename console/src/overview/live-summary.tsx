import type { StatusAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { formatLatency } from "../format/duration.ts";
import { formatCount, formatRate } from "../format/number.ts";
import { useEvery } from "../live/use-every.ts";

const spokenEveryMs = 30_000;

/** The figures of the page in a sentence, spoken politely and seldom: once a second would drown everything else. */
export function LiveSummary({ status }: { readonly status: StatusAnswer }) {
  return (
    <p className="hidden-visually" aria-live="polite">
      {useEvery(sentence(status), spokenEveryMs)}
    </p>
  );
}

function sentence({ points, applierLagEvents }: StatusAnswer): string {
  const last = points.at(-1);
  if (!last) return "No figures yet.";
  const rates = `${formatRate(last.eventsPerSecond)} events and ${formatRate(last.predictionsPerSecond)} predictions a second`;
  return `${rates}, p99 latency ${formatLatency(last.latencyMsP99)}, applier ${formatCount(applierLagEvents)} events behind.`;
}
