import type { IncomingMessage } from "node:http";
import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";

/** How long the caller waits at most; undefined where it does not say. @throws field.type */
export function askedBudgetMs({ headers }: IncomingMessage): number | undefined {
  const header = headers["tenon-budget-ms"];
  if (header === undefined) return undefined;
  const budgetMs = Number(header);
  if (Number.isSafeInteger(budgetMs) && budgetMs >= 1) return Math.min(budgetMs, limit.budgetMsMax);
  throw new TenonError(
    "field.type",
    `Tenon-Budget-Ms: a whole number of milliseconds from 1; found "${String(header).slice(0, 60)}"`,
  );
}
