import type { ErrorPlace } from "../../base/error.ts";
import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { Plan } from "../../plan/plan.ts";
import type { OpenBatchEngine } from "../../ports/batch-engine.ts";
import { batchSets } from "./batches.ts";
import { relationsOf } from "./load-relations.ts";

/** What is wrong with the SQL of batches: each is bound to its relations without a row, and nothing is computed. */
export async function batchMistakes(plan: Plan, open: OpenBatchEngine): Promise<readonly ErrorPlace[]> {
  const mistakes: ErrorPlace[] = [];
  for (const { name, batch } of batchSets(plan)) {
    const [key, ...columns] = plan.events.find((event) => event.name === name)?.columns ?? [];
    const engine = open(limit.batchMemoryMbMin);
    try {
      for (const relation of relationsOf(plan, batch.reads)) await engine.relation(relation);
      await engine.at({ tenant: 0, asOfMs: 0 });
      await engine.check(batch.sql, key, columns);
    } catch (thrown) {
      if (!(thrown instanceof TenonError) || thrown.code === "internal") throw thrown;
      mistakes.push({ path: `batch ${name}.sql`, code: thrown.code, message: thrown.message });
    } finally {
      await engine.close();
    }
  }
  return mistakes;
}
