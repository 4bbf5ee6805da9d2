import { formatDurationMs } from "../base/duration.ts";
import type { FeaturesServed } from "../server/wire.ts";

/** A value of an answer for people. */
export const show = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

/** Feature columns with what they are and how old. */
export function featureRows({
  values,
  statuses,
  ages,
}: {
  readonly values: FeaturesServed["values"];
  readonly statuses?: FeaturesServed["statuses"];
  readonly ages?: FeaturesServed["ages"];
}): readonly (readonly string[])[] {
  return Object.entries(values).map(([column, value]) => {
    const age = ages?.[column];
    return [
      column,
      show(value),
      statuses?.[column] ?? "",
      typeof age === "number" ? `${formatDurationMs(age)} old` : "",
    ];
  });
}

/** A point in time, to the second, without what every line would repeat. */
export const showTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
