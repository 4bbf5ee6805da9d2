import type { Gate } from "../define/gate.ts";
import { describe } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";

interface Metric {
  readonly task: "binary" | "regression";
  readonly direction: Gate["direction"];
  /** The largest value that the metric can take. */
  readonly max: number;
}

const share = (direction: Gate["direction"]): Metric => ({ task: "binary", direction, max: 1 });
const error: Metric = { task: "regression", direction: "atMost", max: Number.POSITIVE_INFINITY };

const metrics: Readonly<Record<Gate["metric"], Metric>> = {
  auc: share("atLeast"),
  precision: share("atLeast"),
  recall: share("atLeast"),
  f1: share("atLeast"),
  logLoss: { task: "binary", direction: "atMost", max: Number.POSITIVE_INFINITY },
  brier: share("atMost"),
  calibrationError: share("atMost"),
  rmse: error,
  mae: error,
};

/** Checks a model's gates: their metrics, their task and their bounds. */
export function checkGates(gates: readonly Gate[], task: Metric["task"], path: string, mistakes: Mistakes): void {
  const seen = new Set<string>();
  for (const [index, gate] of gates.entries()) {
    const place = `${path}[${index}]`;
    if (!Object.hasOwn(metrics, gate?.metric ?? "")) {
      const found = typeof gate?.metric === "string" ? `metric "${gate.metric}"` : describe(gate);
      mistakes.add(
        "config.invalid",
        place,
        `a gate is atLeast or atMost of ${Object.keys(metrics).join(", ")}; found ${found}`,
      );
      continue;
    }
    const metric = metrics[gate.metric];
    if (metric.task !== task) {
      const fitting = Object.entries(metrics).filter(([, candidate]) => candidate.task === task);
      const names = fitting.map(([name, { direction }]) => `${direction}("${name}", …)`).join(", ");
      mistakes.add(
        "config.invalid",
        place,
        `${gate.metric} judges ${metric.task} models, and the label's task is ${task}; use ${names}`,
      );
    }
    if (metric.direction !== gate.direction) {
      mistakes.add(
        "config.invalid",
        place,
        `${gate.metric} is bounded by ${metric.direction}; found ${gate.direction}`,
      );
    }
    if (
      typeof gate.bound !== "number" ||
      !(gate.bound >= 0 && gate.bound <= metric.max && Number.isFinite(gate.bound))
    ) {
      const range = Number.isFinite(metric.max) ? `a number from 0 to ${metric.max}` : "a number of at least 0";
      mistakes.add("config.invalid", place, `a bound of ${gate.metric} is ${range}; found ${describe(gate.bound)}`);
    }
    if (seen.has(gate.metric)) mistakes.add("define.duplicate", place, `${gate.metric} is bounded twice; keep one`);
    seen.add(gate.metric);
  }
}
