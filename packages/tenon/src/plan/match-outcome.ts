import type { Compiling } from "./compiling.ts";
import type { ColumnPlan, EventPlan, LabelPlan, LanePlan, SpinePlan } from "./plan.ts";

interface OutcomeMatch {
  readonly by: LanePlan["by"];
  readonly matchedBy: LabelPlan["matchedBy"];
}

/** How outcome events find their example: by a reference to it where they have one, else by the one entity that both refer to. */
export function matchOutcome(
  spine: SpinePlan,
  event: EventPlan,
  path: string,
  compiling: Compiling,
): OutcomeMatch | undefined {
  const refuse = (message: string): undefined => {
    compiling.mistakes.add("define.outcome", path, message);
    return undefined;
  };
  const toExample = event.columns.filter(
    (column) => spine.kind === "event" && column.to?.kind === "event" && column.to.name === spine.name,
  );
  if (toExample.length > 1) {
    return refuse(`event "${event.name}" refers to the example "${spine.name}" by ${namesOf(toExample)}; keep one`);
  }
  if (toExample.length === 1) {
    return { by: { column: toExample[0]!.name, kind: "event", name: spine.name }, matchedBy: { kind: "example" } };
  }
  const entities = new Set(spine.columns.flatMap((column) => (column.to?.kind === "entity" ? [column.to.name] : [])));
  const shared = event.columns.filter((column) => column.to?.kind === "entity" && entities.has(column.to.name));
  if (shared.length === 0) {
    return refuse(
      `event "${event.name}" refers neither to the example ("${spine.name}") nor to any entity of it; give it a c.ref column`,
    );
  }
  if (shared.length > 1) {
    return refuse(
      `event "${event.name}" shares ${namesOf(shared)} with the example "${spine.name}", and no one can say by which to match; give it a reference to the example itself`,
    );
  }
  const { name, to } = shared[0]!;
  if (!Object.hasOwn(spine.keys, to!.name)) {
    const columns = spine.columns.filter((column) => column.to?.name === to!.name);
    return refuse(
      `the example "${spine.name}" refers to entity "${to!.name}" by ${namesOf(columns)}, and no one can say by which to match; give "${event.name}" a reference to the example itself`,
    );
  }
  return {
    by: { column: name, kind: "entity", name: to!.name },
    matchedBy: { kind: "entity", column: spine.keys[to!.name]! },
  };
}

const namesOf = (columns: readonly ColumnPlan[]): string =>
  `${columns.length} columns (${columns.map((column) => column.name).join(", ")})`;
