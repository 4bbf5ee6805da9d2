import type { PredictionDescription } from "./form-values.ts";

/** A curl line that asks for one prediction. */
export function predictCommand({ name, example }: PredictionDescription): string {
  return [
    `curl -X POST ${location.origin}/predict/${name}`,
    `-H "Authorization: Bearer $TENON_KEY"`,
    `-H "Content-Type: application/json"`,
    `-d '${JSON.stringify(example ?? {})}'`,
  ].join(" \\\n  ");
}
