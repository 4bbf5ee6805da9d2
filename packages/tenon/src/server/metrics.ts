import type { Caller } from "../service/govern/api-keys.ts";
import type { Bulkhead } from "../service/govern/bulkhead.ts";
import type { Tenon } from "../service/tenon.ts";
import type { TenantTraffic } from "../service/watch/traffic.ts";
import { describeBatches } from "./describe-batches.ts";
import { describeSources } from "./describe-sources.ts";

interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly value: number;
}

/** The figures of this process, and of the traffic of one tenant, in Prometheus' text format. */
export function metricsText(tenon: Tenon, caller: Caller): string {
  const traffic = tenon.traffic.of(caller.tenant);
  const metrics: readonly Metric[] = [
    {
      name: "tenon_events_accepted_total",
      type: "counter",
      help: "Events made durable.",
      value: traffic.eventsTotal,
    },
    {
      name: "tenon_events_late_total",
      type: "counter",
      help: "Events that came later than they may, kept as dead letters.",
      value: traffic.lateTotal,
    },
    {
      name: "tenon_predictions_total",
      type: "counter",
      help: "Predictions made.",
      value: traffic.predictionsTotal,
    },
    {
      name: "tenon_predictions_unlogged_total",
      type: "counter",
      help: "Predictions answered that could not be logged.",
      value: tenon.predictions.unlogged,
    },
    {
      name: "tenon_calls_under_way",
      type: "gauge",
      help: "Calls over HTTP that are not answered yet.",
      value: tenon.admission.underWay,
    },
    {
      name: "tenon_calls_shed_total",
      type: "counter",
      help: "Calls that were refused, since as many as are taken at once were under way.",
      value: tenon.admission.shed,
    },
    {
      name: "tenon_challengers_answered_total",
      type: "counter",
      help: "Rows that challengers answered beside a prediction.",
      value: tenon.predictions.challengers.counts.answered,
    },
    {
      name: "tenon_challengers_dropped_total",
      type: "counter",
      help: "Rows that challengers were not asked for, since they had too much to do.",
      value: tenon.predictions.challengers.counts.dropped,
    },
    {
      name: "tenon_inputs_unrecorded_total",
      type: "counter",
      help: "Inputs of predictions that were to be recorded as events and could not be.",
      value: tenon.predictions.unrecorded,
    },
    {
      name: "tenon_consistency_checked_total",
      type: "counter",
      help: "Logged predictions whose features were recomputed from their events.",
      value: tenon.consistency.of(caller.tenant).predictions,
    },
    {
      name: "tenon_consistency_mismatches_total",
      type: "counter",
      help: "Logged features that are not what their events say.",
      value: tenon.consistency.of(caller.tenant).mismatches,
    },
    {
      name: "tenon_log_position",
      type: "gauge",
      help: "The last durable position of the log.",
      value: tenon.log.lastSeq,
    },
    {
      name: "tenon_log_queue_events",
      type: "gauge",
      help: "Events waiting for a commit.",
      value: tenon.log.queuedItems,
    },
    {
      name: "tenon_applier_lag_events",
      type: "gauge",
      help: "Durable entries that the online store does not have yet.",
      value: tenon.lag.events,
    },
    {
      name: "tenon_applier_lag_seconds",
      type: "gauge",
      help: "How long the oldest of them has waited.",
      value: tenon.lag.ms / 1_000,
    },
    { name: "tenon_app_clock_seconds", type: "gauge", help: "The app clock.", value: tenon.clock.nowMs() / 1_000 },
    {
      name: "process_resident_memory_bytes",
      type: "gauge",
      help: "Resident memory.",
      value: process.memoryUsage.rss(),
    },
  ];
  const lines = metrics.flatMap(({ name, type, help, value }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    `${name} ${value}`,
  ]);
  return `${[...lines, ...latencyLines(traffic), ...bulkheadLines(tenon), ...spendingLines(tenon), ...qualityLines(tenon), ...sourceLines(tenon, caller), ...batchLines(tenon, caller)].join("\n")}\n`;
}

function latencyLines(traffic: TenantTraffic): string[] {
  const name = "tenon_predict_duration_seconds";
  const buckets = traffic.latencyBuckets();
  const total = buckets.at(-1)?.count ?? 0;
  return [
    `# HELP ${name} Time to make a prediction: validation, features and model.`,
    `# TYPE ${name} histogram`,
    ...buckets.map(({ leSeconds, count }) => `${name}_bucket{le="${leSeconds.toPrecision(4)}"} ${count}`),
    `${name}_bucket{le="+Inf"} ${total}`,
    `${name}_count ${total}`,
  ];
}

/** By prediction; calls that say they can wait have bulkheads of their own. */
function bulkheadLines({ bulkheads }: Tenon): string[] {
  const family = (name: string, type: string, help: string, value: (one: Bulkhead) => number): string[] => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...bulkheads.all.map(
      (one) => `${name}{prediction="${one.name}",calls="${one.isLow ? "low" : "all"}"} ${value(one)}`,
    ),
  ];
  const queue = "tenon_prediction_queue_seconds";
  return [
    ...family(
      "tenon_prediction_calls_under_way",
      "gauge",
      "Calls that are being answered.",
      ({ underWay }) => underWay,
    ),
    ...family("tenon_prediction_calls_waiting", "gauge", "Calls that wait for their turn.", ({ waiting }) => waiting),
    ...family(
      "tenon_prediction_calls_shed_total",
      "counter",
      "Calls refused by a full queue.",
      ({ counts }) => counts.shed,
    ),
    ...family(`${queue}_count`, "counter", "Calls that waited for their turn.", ({ counts }) => counts.waited),
    ...family(`${queue}_sum`, "counter", "How long they waited.", ({ counts }) => counts.waitedMs / 1_000),
  ];
}

/** Of models that are paid for. */
function spendingLines({ builds }: Tenon): string[] {
  const paid = builds.runtimes.filter(({ plan }) => plan.runtime?.kind === "vendor");
  if (paid.length === 0) return [];
  const [tokens, cost] = ["tenon_model_tokens_total", "tenon_model_cost_micros_total"];
  return [
    `# HELP ${tokens} Tokens that models of vendors took and answered.`,
    `# TYPE ${tokens} counter`,
    ...paid.flatMap(({ plan, spending: { totals } }) => [
      `${tokens}{model="${plan.name}",direction="input"} ${totals.inputTokens}`,
      `${tokens}{model="${plan.name}",direction="output"} ${totals.outputTokens}`,
    ]),
    `# HELP ${cost} What they cost, in millionths of a dollar.`,
    `# TYPE ${cost} counter`,
    ...paid.map(({ plan, spending }) => `${cost}{model="${plan.name}"} ${spending.totals.costMicros}`),
  ];
}

function qualityLines(tenon: Tenon): string[] {
  const rows = tenon.quality.flatMap((quality) => quality.summaries(tenon.machineNowMs()));
  const name = "tenon_live_auc";
  return [
    `# HELP ${name} AUC over labelled predictions by version.`,
    `# TYPE ${name} gauge`,
    ...rows.flatMap(({ prediction, model, version, auc }) =>
      auc === null ? [] : [`${name}{prediction="${prediction}",model="${model}",version="${version}"} ${auc}`],
    ),
  ];
}

function sourceLines(tenon: Tenon, caller: Caller): string[] {
  const sources = describeSources(tenon, caller);
  if (sources.length === 0) return [];
  const [rows, errors] = ["tenon_source_rows_total", "tenon_source_errors_total"];
  const [lag, success] = ["tenon_source_lag_seconds", "tenon_source_last_success_seconds"];
  const pulled = sources.filter(({ kind }) => kind === "postgresQuery");
  return [
    `# HELP ${rows} Rows of sources, and deliveries, by what became of them.`,
    `# TYPE ${rows} counter`,
    ...sources.flatMap(({ event, counts }) =>
      Object.entries(counts).map(([outcome, count]) => `${rows}{event="${event}",outcome="${outcome}"} ${count}`),
    ),
    `# HELP ${errors} Reads of a source that failed.`,
    `# TYPE ${errors} counter`,
    ...pulled.map((source) => `${errors}{event="${source.event}"} ${source.errors}`),
    `# HELP ${lag} Since the beginning of the last pass that reached the end of the source.`,
    `# TYPE ${lag} gauge`,
    ...pulled.flatMap(({ event, lagMs }) => (lagMs === null ? [] : [`${lag}{event="${event}"} ${lagMs / 1_000}`])),
    `# HELP ${success} When a pass last reached the end of the source.`,
    `# TYPE ${success} gauge`,
    ...pulled.flatMap(({ event, lastSuccessAt }) =>
      lastSuccessAt === null ? [] : [`${success}{event="${event}"} ${Date.parse(lastSuccessAt) / 1_000}`],
    ),
  ];
}

function batchLines(tenon: Tenon, caller: Caller): string[] {
  const batches = describeBatches(tenon, caller);
  if (batches.length === 0) return [];
  const [runs, age, late] = ["tenon_batch_runs", "tenon_batch_age_seconds", "tenon_batch_late"];
  return [
    `# HELP ${runs} Runs that are kept, by how they ended.`,
    `# TYPE ${runs} gauge`,
    ...batches.flatMap(({ name, runs: all }) =>
      ["published", "failed"].map((state) => {
        const count = all.filter((run) => run.state === state).length;
        return `${runs}{batch="${name}",state="${state}"} ${count}`;
      }),
    ),
    `# HELP ${age} Since the time that the latest published run was computed for.`,
    `# TYPE ${age} gauge`,
    ...batches.flatMap(({ name, ageMs }) => (ageMs === null ? [] : [`${age}{batch="${name}"} ${ageMs / 1_000}`])),
    `# HELP ${late} 1 where the schedule has passed and no run was published.`,
    `# TYPE ${late} gauge`,
    ...batches.map(({ name, late: isLate }) => `${late}{batch="${name}"} ${isLate ? 1 : 0}`),
  ];
}
