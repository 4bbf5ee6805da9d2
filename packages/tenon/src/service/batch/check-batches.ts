import { formatDurationMs } from "../../base/duration.ts";
import type { ErrorPlace } from "../../base/error.ts";
import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { suggestion } from "../../base/nearest.ts";
import { isSent, type Plan } from "../../plan/plan.ts";
import type { OpenBatchEngine } from "../../ports/batch-engine.ts";
import { batchSets } from "./batches.ts";
import { relationsOf } from "./load-relations.ts";

/** What is wrong with the SQL of batches: each is bound to its relations without a row, and nothing is computed. */
export async function batchMistakes(plan: Plan, open: OpenBatchEngine): Promise<readonly ErrorPlace[]> {
  const mistakes: ErrorPlace[] = [];
  for (const { name, batch } of batchSets(plan)) {
    const [key, ...columns] = plan.events.find((event) => event.name === name)?.columns ?? [];
    const engine = open(limit.batchMemoryMbMin);
    // A constant that never ends is computed when the SQL is bound.
    let isOutOfTime = false;
    const timer = setTimeout(() => {
      isOutOfTime = true;
      void engine.close();
    }, limit.batchCheckMs);
    try {
      for (const relation of relationsOf(plan, batch.reads)) await engine.relation(relation);
      await engine.at({ tenant: 0, asOfMs: 0 });
      await engine.check(batch.sql, key, columns);
    } catch (thrown) {
      if (isOutOfTime) {
        const message = `its SQL is not bound within ${formatDurationMs(limit.batchCheckMs)}: a constant of it may never end`;
        mistakes.push({ path: `batch ${name}.sql`, code: "batch.time", message });
        continue;
      }
      if (!(thrown instanceof TenonError) || thrown.code === "internal") throw thrown;
      mistakes.push({ path: `batch ${name}.sql`, code: thrown.code, message: withHint(thrown.message, plan, name) });
    } finally {
      clearTimeout(timer);
      await engine.close();
    }
  }
  return mistakes;
}

/** The nearest name that SQL could have meant. */
function withHint(message: string, plan: Plan, batch: string): string {
  const [, unknown] = /^there is no event, table or set "([^"]*)"$/.exec(message) ?? [];
  if (unknown === undefined) return message;
  const names = [...plan.events.filter(isSent), ...plan.featureSets].map(({ name }) => name);
  return `${message}.${suggestion(unknown, new Set(names.filter((name) => name !== batch)))}`;
}
