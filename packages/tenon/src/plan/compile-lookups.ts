import { suggestion } from "../base/nearest.ts";
import type { Columns } from "../define/column.ts";
import type { EventDefinition } from "../define/event.ts";
import type { FeaturesDefinition } from "../define/features.ts";
import { compileColumns } from "./compile-columns.ts";
import { describe } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";
import type { ColumnPlan, LookupPlan } from "./plan.ts";

interface LookupContext {
  readonly featureSets: ReadonlyMap<string, FeaturesDefinition>;
  readonly path: string;
  readonly mistakes: Mistakes;
}

/** The columns of an event: those that are sent, and after them those that are looked up in tables. */
export function compileEventColumns(event: EventDefinition, context: LookupContext): readonly ColumnPlan[] {
  const all = compileColumns(event.columns);
  const isLookup = ({ name }: ColumnPlan): boolean => event.columns[name]?.spec.lookup !== undefined;
  const sent = all.filter((column) => !isLookup(column));
  const looked = all.filter(isLookup).flatMap((column) => {
    const lookup = compileLookup(column.name, event, sent, context);
    return lookup === undefined ? [] : [{ ...column, lookup }];
  });
  return [...sent, ...looked];
}

function compileLookup(
  name: string,
  event: EventDefinition,
  sent: readonly ColumnPlan[],
  { featureSets, path, mistakes }: LookupContext,
): LookupPlan | undefined {
  const { table, column } = event.columns[name]!.spec.lookup!;
  const place = `${path}.${name}`;
  const set = featureSets.get(table.name);
  if (event.isTable || featureSets.get(event.name)?.batch !== undefined) {
    mistakes.add(
      "define.column",
      place,
      "only an event looks values up: rows of tables and of batches bring all of theirs",
    );
    return undefined;
  }
  if (set?.table === undefined) {
    mistakes.add("define.reference", place, `values are looked up in a table; found ${describe(table)}`);
    return undefined;
  }
  if (!Object.hasOwn(set.columns, column)) {
    const hint = suggestion(column, Object.keys(set.columns));
    mistakes.add("define.reference", place, `the table "${set.name}" has no column "${column}".${hint}`);
    return undefined;
  }
  const keys = sent.filter(({ to }) => to?.kind === "entity" && to.name === set.of.name);
  if (keys.length === 1) return { set: set.name, column, key: keys[0]!.name };
  const found = keys.length === 0 ? "none" : keys.map((key) => key.name).join(" and ");
  mistakes.add(
    "define.reference",
    place,
    `the row of "${set.name}" is found by one reference to its entity "${set.of.name}"; the event has ${found}`,
  );
  return undefined;
}

/** Columns of what is no event, such as a rule's input. */
export function refuseLookups(columns: Columns, path: string, mistakes: Mistakes): void {
  for (const [name, { spec }] of Object.entries(columns))
    if (spec.lookup !== undefined)
      mistakes.add("define.column", `${path}.${name}`, "only an event looks values up: take the table as features");
}
