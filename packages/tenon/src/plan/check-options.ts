import { suggestion } from "../base/nearest.ts";
import type { Mistakes } from "./mistakes.ts";

/** The options of every definition. Types refuse others; this is for configurations without types. */
const known = {
  app: ["name", "tenancy", "stores", "use"],
  entity: ["key", "owner"],
  every: ["while"],
  event: ["late", "keep", "from"],
  postgresQuery: ["url", "sql", "cursor", "every", "id", "at", "overlap", "complete", "tenant"],
  webhook: ["secret", "types", "map", "tenant"],
  features: ["version", "owner"],
  table: ["ttl", "owner", "from"],
  batch: ["every", "timeZone", "after", "columns", "sql", "ttl", "timeLimit", "memoryMb", "version", "owner"],
  onDemand: ["on", "uses", "compute"],
  label: ["of", "is"],
  model: ["label", "features", "trainer", "gates", "owner"],
  pretrained: ["input", "output", "code", "owner"],
  prediction: ["model", "fallback", "record", "decide", "owner"],
  gradientBoosting: ["rounds", "leaves", "learningRate", "minRowsPerLeaf", "earlyStoppingRounds", "seed"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Adds a mistake for every option that would be ignored silently. */
export function checkOptions(
  of: keyof typeof known,
  written: readonly string[] | undefined,
  path: string,
  mistakes: Mistakes,
): void {
  for (const option of written ?? []) {
    if (known[of].some((name) => name === option)) continue;
    const hint = suggestion(option, known[of]);
    mistakes.add("config.invalid", `${path}.${option}`, `${of} has no option "${option}".${hint}`);
  }
}
