import { Cron } from "croner";
import { messageOf } from "../base/error.ts";
import type { BatchSpec } from "../define/batch.ts";
import type { SchedulePlan } from "./batch-plan.ts";
import { describe } from "./describe.ts";
import { finiteMsOf } from "./duration.ts";
import type { Mistakes } from "./mistakes.ts";

const cronPrefix = "cron ";

/** When a batch runs, as it was written; a mistake is told, and midnight stands for it. */
export function compileSchedule(
  { every, after, timeZone }: Pick<BatchSpec, "every" | "after" | "timeZone">,
  path: string,
  mistakes: Mistakes,
): SchedulePlan {
  if ((every === undefined) === (after === undefined))
    mistakes.add(
      "config.invalid",
      `${path}.every`,
      'needs one of `every`, such as "1d" or "cron 0 4 * * *", and `after`',
    );
  if (after !== undefined) return { kind: "after", event: after.name };
  const isCron = typeof every === "string" && every.startsWith(cronPrefix);
  if (timeZone !== undefined && !isCron)
    mistakes.add("config.invalid", `${path}.timeZone`, 'a time zone is of a cron schedule: every: "cron 0 4 * * *"');
  if (!isCron) {
    const everyMs = every === undefined ? undefined : finiteMsOf(every, `${path}.every`, mistakes);
    return { kind: "every", everyMs: everyMs ?? 86_400_000 };
  }
  const schedule = {
    kind: "cron",
    expression: every.slice(cronPrefix.length).trim(),
    timeZone: timeZone ?? "UTC",
  } as const;
  try {
    if (nextTimeMs(schedule, 0) === undefined)
      mistakes.add("config.invalid", `${path}.every`, `"${every}" never comes`);
  } catch (thrown) {
    mistakes.add("config.invalid", `${path}.every`, `${describe(every)} in ${schedule.timeZone}: ${messageOf(thrown)}`);
  }
  return schedule;
}

/** The first time after another one; undefined where the clock does not tell. */
export function nextTimeMs(schedule: SchedulePlan, afterMs: number): number | undefined {
  if (schedule.kind === "every") return (Math.floor(afterMs / schedule.everyMs) + 1) * schedule.everyMs;
  if (schedule.kind === "after") return undefined;
  return cronOf(schedule).nextRun(new Date(afterMs))?.getTime();
}

/** The last time at or before another one; undefined where the clock does not tell. */
export function lastTimeMs(schedule: SchedulePlan, untilMs: number): number | undefined {
  if (schedule.kind === "every") return Math.floor(untilMs / schedule.everyMs) * schedule.everyMs;
  if (schedule.kind === "after") return undefined;
  // The reference itself is no previous one.
  const [last] = cronOf(schedule).previousRuns(1, new Date(untilMs + 1));
  return last?.getTime();
}

/** The times of a schedule in [fromMs, untilMs], oldest first, at most `timesMax`: what a backfill computes. */
export function timesBetween(
  schedule: SchedulePlan,
  { fromMs, untilMs, timesMax }: { readonly fromMs: number; readonly untilMs: number; readonly timesMax: number },
): readonly number[] {
  const times: number[] = [];
  let time = nextTimeMs(schedule, fromMs - 1);
  for (; time !== undefined && time <= untilMs && times.length < timesMax; time = nextTimeMs(schedule, time))
    times.push(time);
  return times;
}

const cronOf = ({ expression, timeZone }: Extract<SchedulePlan, { readonly kind: "cron" }>): Cron =>
  new Cron(expression, { timezone: timeZone, paused: true });
