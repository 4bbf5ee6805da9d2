import { formatPosition } from "../base/position.ts";
import type { Caller } from "../service/govern/api-keys.ts";
import type { Tenon } from "../service/tenon.ts";
import type { TrafficPoint } from "../service/watch/traffic.ts";
import { describeSources } from "./describe-sources.ts";
import type { LiveQuality, StatusAnswer, StatusPoint } from "./wire.ts";

const activityShown = 20;

const iso = (ms: number): string => new Date(ms).toISOString();

const pointOf = (point: TrafficPoint): StatusPoint => ({
  at: iso(point.atMs),
  eventsPerSecond: point.events,
  predictionsPerSecond: point.predictions,
  latencyMsP50: point.latencyMsP50,
  latencyMsP99: point.latencyMsP99,
});

export const liveQualityOf = (tenon: Tenon): LiveQuality[] =>
  tenon.quality.flatMap((quality) =>
    quality.summaries(tenon.machineNowMs()).map((summary) => ({
      ...summary,
      live: tenon.registry.live(summary.model)?.version === summary.version,
      history: summary.history.map(({ atMs, value, labelled }) => ({ at: iso(atMs), value, labelled })),
    })),
  );

/** What the overview shows of a tenant; `pointsMax` of the newest points. */
export async function describeStatus(tenon: Tenon, caller: Caller, pointsMax: number): Promise<StatusAnswer> {
  const { tenant } = caller;
  const activity = await tenon.metadata.audit(tenant, activityShown);
  const traffic = tenon.traffic.of(tenant);
  return {
    appNow: iso(tenon.clock.nowMs()),
    clockRate: tenon.clock.rate,
    startedAt: iso(tenon.startedAtMs),
    eventsTotal: traffic.eventsTotal,
    predictionsTotal: traffic.predictionsTotal,
    position: formatPosition(tenon.log.lastSeq),
    applied: formatPosition(tenon.applier.appliedSeq),
    applierLagEvents: tenon.lag.events,
    logQueueEvents: tenon.log.queuedItems,
    rssBytes: process.memoryUsage.rss(),
    diskBytes: tenon.diskBytes,
    points: traffic.points.slice(-pointsMax).map(pointOf),
    quality: liveQualityOf(tenon),
    activity: activity.map(({ atMs, kind, text }) => ({ at: iso(atMs), kind, text })),
    training: tenon.learner.progress,
    sources: describeSources(tenon, caller),
  };
}
