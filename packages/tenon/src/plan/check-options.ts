import { suggestion } from "../base/nearest.ts";
import type { Mistakes } from "./mistakes.ts";

const about = ["owner", "description"] as const;

/** The options of every definition. Types refuse others; this is for configurations without types. */
const known = {
  app: ["name", "tenancy", "stores", "use"],
  entity: ["key", ...about],
  every: ["while"],
  event: ["late", "keep", "from", ...about],
  postgresQuery: ["url", "sql", "cursor", "every", "id", "at", "overlap", "complete", "tenant"],
  webhook: ["secret", "types", "map", "tenant"],
  features: ["version", ...about],
  table: ["ttl", "from", ...about],
  batch: ["every", "timeZone", "after", "columns", "sql", "ttl", "timeLimit", "memoryMb", "version", ...about],
  onDemand: ["on", "uses", "compute", ...about],
  label: ["of", "is", ...about],
  model: ["label", "features", "trainer", "gates", ...about],
  pretrained: ["input", "output", "code", "runtime", ...about],
  process: ["folder", "env", "processes", "idleStop", "startTimeout", "memoryMb", "queue"],
  vendor: [
    ...["key", "baseUrl", "prompt", "temperature", "maxTokens", "embeds", "body", "answer", "tokens", "headers"],
    ...["dollarsPerMillion", "cap", "privateNetwork"],
  ],
  remote: ["model", "version", "headers", "privateNetwork"],
  bulkhead: ["concurrency", "queue", "share"],
  prediction: [
    "model",
    "fallback",
    "record",
    "budget",
    "bulkhead",
    "priority",
    "variants",
    "by",
    "challengers",
    "rule",
    "decide",
    ...about,
  ],
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
