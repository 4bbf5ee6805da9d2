import { evaluateBinary } from "../../engine/evaluate/evaluate-binary.ts";
import { evaluateRegression } from "../../engine/evaluate/evaluate-regression.ts";
import { decideGate } from "../../engine/evaluate/gate-decision.ts";
import type { SliceColumn } from "../../engine/evaluate/slices.ts";
import type { TrainedModelPlan } from "../../plan/plan.ts";
import type { EvaluationReport, GateResult, Interval } from "./evaluation-report.ts";

/** Slices kept of one evaluation, the largest first. */
const slicesMax = 60;

const presentMetrics = (metrics: Readonly<Record<string, Interval | null>>): Record<string, Interval> =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, estimate]) => (estimate === null ? [] : [[name, estimate]])),
  );

/** Evaluates predictions of the test rows. */
export function evaluate(o: {
  readonly task: "binary" | "regression";
  readonly labels: Float64Array;
  readonly predicted: Float64Array;
  readonly threshold: number;
  readonly slices: readonly SliceColumn[];
}): EvaluationReport {
  if (o.task === "regression") {
    const report = evaluateRegression({ target: o.labels, predicted: o.predicted });
    const metrics = presentMetrics({ ...report.metrics });
    return {
      task: "regression",
      rows: report.rows,
      metrics,
      threshold: null,
      confusion: null,
      calibration: [],
      slices: [],
    };
  }
  const report = evaluateBinary({
    labels: o.labels,
    probabilities: o.predicted,
    threshold: o.threshold,
    slices: o.slices,
  });
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = report.confusion;
  return {
    task: "binary",
    rows: report.rows,
    metrics: presentMetrics(report.metrics),
    threshold: report.threshold,
    confusion: {
      truePositive: truePositives,
      falsePositive: falsePositives,
      trueNegative: trueNegatives,
      falseNegative: falseNegatives,
    },
    calibration: report.calibration.map(({ count, meanPredicted, observed }) => ({
      count,
      meanPredicted,
      observedRate: observed.value,
      low: observed.low,
      high: observed.high,
    })),
    slices: report.slices.slice(0, slicesMax).map((slice) => ({
      column: slice.column,
      value: slice.category ?? "(missing)",
      rows: slice.count,
      positiveRate: slice.positiveRate.value,
      metric: slice.auc,
    })),
  };
}

/** Each gate by the interval of its metric. */
export const decideGates = (gates: TrainedModelPlan["gates"], report: EvaluationReport): GateResult[] =>
  gates.map((gate) => {
    const { decision, value, low, high } = decideGate(gate, report.metrics[gate.metric]);
    const estimate = value === null || low === null || high === null ? null : { value, low, high };
    return { metric: gate.metric, direction: gate.direction, bound: gate.bound, estimate, outcome: decision };
  });
