import type { ChangeKind, PlanChange } from "../plan/diff.ts";
import type { Paint } from "./paint.ts";

const colours = { safe: "green", backfill: "yellow", breaking: "red" } as const satisfies Record<ChangeKind, string>;

/** Changes between two builds, a line each, and their number. */
export function changeLines(changes: readonly PlanChange[], paint: Paint): readonly string[] {
  const width = Math.max(...changes.map(({ kind }) => kind.length));
  return changes.map(
    ({ kind, definition, what, why }) =>
      `  ${paint(colours[kind], kind.padEnd(width))}  ${paint("bold", definition)}: ${what}; ${why}`,
  );
}

/** Such as `2 safe, 1 breaking`. */
export function changeCount(changes: readonly PlanChange[]): string {
  const kinds: readonly ChangeKind[] = ["safe", "backfill", "breaking"];
  const counts = kinds.map((kind) => [changes.filter((change) => change.kind === kind).length, kind] as const);
  return counts
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${count} ${kind}`)
    .join(", ");
}
