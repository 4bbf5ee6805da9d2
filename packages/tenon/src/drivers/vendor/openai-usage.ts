import { fieldOf } from "../../base/record.ts";
import type { Tokens } from "./exchange.ts";

export const countOf = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;

/** What OpenAI's `usage` tells of a call. */
export function tokensOf(body: unknown): Tokens {
  const usage = fieldOf(body, "usage");
  return {
    inputTokens: countOf(fieldOf(usage, "prompt_tokens")),
    outputTokens: countOf(fieldOf(usage, "completion_tokens")),
  };
}
