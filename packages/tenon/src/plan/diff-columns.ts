import { canonicalJson } from "../base/hash.ts";
import { typeOf } from "./fits.ts";
import type { ColumnPlan } from "./plan.ts";

/** What a change costs: nothing, filling old values anew, or what was stored or called before. */
export type ChangeKind = "safe" | "backfill" | "breaking";

/** One difference between two plans. */
export interface PlanChange {
  readonly kind: ChangeKind;
  /** The definition, as in `features origin`. */
  readonly definition: string;
  readonly what: string;
  /** What follows from it, and what to do. */
  readonly why: string;
}

/** The changes of an event's columns, or of the input of a model: who wrote rows before, wrote them without the change. */
export function diffColumns(
  definition: string,
  before: readonly ColumnPlan[],
  after: readonly ColumnPlan[],
): readonly PlanChange[] {
  const old = new Map(before.map((column) => [column.name, column]));
  const kept = new Set(after.map((column) => column.name));
  return [
    ...before.flatMap(({ name }): PlanChange[] =>
      kept.has(name)
        ? []
        : [
            {
              kind: "safe",
              definition,
              what: `column "${name}" is removed`,
              why: "stored rows keep it and it is no longer read; callers must stop sending it",
            },
          ],
    ),
    ...after.flatMap((column) => {
      const was = old.get(column.name);
      return was === undefined ? [added(definition, column)] : diffColumn(definition, was, column);
    }),
  ];
}

function added(definition: string, column: ColumnPlan): PlanChange {
  const what = `column "${column.name}" is added`;
  return column.nullable
    ? { kind: "safe", definition, what, why: "rows from before read null" }
    : { kind: "breaking", definition, what, why: "rows from before lack it; make it nullable" };
}

function diffColumn(definition: string, was: ColumnPlan, is: ColumnPlan): readonly PlanChange[] {
  const changes: PlanChange[] = [];
  const add = (kind: ChangeKind, what: string, why: string): void => {
    changes.push({ kind, definition, what: `column "${is.name}" ${what}`, why });
  };
  if (was.type !== is.type || was.scale !== is.scale) {
    const plain = (column: ColumnPlan): string => typeOf({ ...column, nullable: false });
    add(
      "breaking",
      `was ${plain(was)} and is ${plain(is)}`,
      "stored values have the old type; add a column under a new name",
    );
  } else if (was.type === "oneOf") {
    diffValues(was, is, add);
  }
  if (was.to?.kind !== is.to?.kind || was.to?.name !== is.to?.name || was.to?.keyType !== is.to?.keyType) {
    const target = ({ to }: ColumnPlan): string =>
      to === undefined ? "nothing" : `${to.kind} "${to.name}" (${to.keyType})`;
    add(
      "breaking",
      `referred to ${target(was)} and refers to ${target(is)}`,
      "stored keys are of the old one; add a column under a new name",
    );
  }
  if (was.nullable && !is.nullable) {
    add("breaking", "is no longer nullable", "rows from before may hold null; keep it nullable");
  } else if (!was.nullable && is.nullable) {
    add("safe", "is nullable now", "every stored value still fits");
  }
  if (!was.personal && is.personal) {
    add("backfill", "is personal now", "it is a mark for policies; rows are stored as before");
  } else if (was.personal && !is.personal) {
    add("safe", "is no longer personal", "it is a mark for policies; rows are stored as before");
  }
  return changes;
}

function diffValues(was: ColumnPlan, is: ColumnPlan, add: (kind: ChangeKind, what: string, why: string) => void): void {
  const gone = was.values.filter((value) => !is.values.includes(value));
  const fresh = is.values.filter((value) => !was.values.includes(value));
  const list = (values: readonly string[]): string => values.map((value) => `"${value}"`).join(", ");
  if (gone.length > 0)
    add("breaking", `no longer takes ${list(gone)}`, "stored rows hold the value; keep it in the list");
  if (fresh.length > 0) add("safe", `also takes ${list(fresh)}`, "every stored value still fits");
}

export const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

export const breaking = (definition: string, what: string, why: string): PlanChange => ({
  kind: "breaking",
  definition,
  what,
  why,
});
