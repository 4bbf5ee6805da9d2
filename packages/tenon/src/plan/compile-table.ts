import { fingerprint } from "../base/hash.ts";
import type { AggregateSpec } from "../define/aggregate.ts";
import type { FeaturesDefinition } from "../define/features.ts";
import type { TableSpec } from "../define/table-spec.ts";
import { checkOptions } from "./check-options.ts";
import type { Compiling } from "./compiling.ts";
import { finiteMsOf } from "./duration.ts";
import { LaneBuilder } from "./lanes.ts";
import { type EventPlan, type FeatureColumnPlan, type FeatureSetPlan, putNames } from "./plan.ts";
import { valueTypeOf } from "./value-type.ts";

/** A table as a feature set: each column is the value of the latest row, whether it is null or not. */
export function compileTable(
  set: FeaturesDefinition,
  table: TableSpec,
  compiling: Compiling,
): FeatureSetPlan | undefined {
  const path = `table ${set.name}`;
  checkOptions("table", table.written, path, compiling.mistakes);
  const ttlMs = table.ttl === undefined ? undefined : finiteMsOf(table.ttl, `${path}.ttl`, compiling.mistakes);
  // Its rows are reached by way of its columns.
  const event = compiling.events.get(set.name);
  if (Object.keys(set.columns).length === 0)
    compiling.mistakes.add("define.column", path, "a table needs a column besides its key");
  if (event === undefined || !checkColumns(event, table, path, compiling)) return undefined;
  const key = event.columns.find((column) => column.to?.kind === "entity")!;
  const builder = new LaneBuilder(event, { column: key.name, kind: "entity", name: set.of.name });
  const drafts = Object.entries(set.columns).map(([name, { aggregate }]) => {
    const source = event.columns.find((column) => column.name === name);
    return { name, cell: cellOf(builder, aggregate, ttlMs), ...valueTypeOf(aggregate.fn, source) };
  });
  const [first] = Object.values(set.columns);
  const exists = cellOf(builder, { ...first!.aggregate, column: "deleted" }, ttlMs);
  const { lane, cells } = builder.build();
  const index = compiling.lanes.add(lane);
  const columns = drafts.map(
    ({ cell, ...draft }): FeatureColumnPlan => ({
      ...draft,
      lane: index,
      cell: cells[cell]!,
      window: "lifetime",
      windowMs: Number.POSITIVE_INFINITY,
    }),
  );
  return {
    name: set.name,
    entity: set.of.name,
    keyType: set.of.keyType,
    owner: set.options.owner ?? set.of.owner,
    description: set.options.description,
    version: 1,
    fingerprint: fingerprint({ table: set.name, lane: lane.id, columns: columns.map(({ name }) => name) }),
    columns,
    table: { existsCell: cells[exists]!, ...(ttlMs === undefined ? {} : { ttlMs }) },
  };
}

const cellOf = (builder: LaneBuilder, aggregate: AggregateSpec, ttlMs: number | undefined): number =>
  builder.cell(aggregate, ttlMs, Number.POSITIVE_INFINITY);

/** Its key is its one reference; the words of a put are no columns. */
function checkColumns(event: EventPlan, table: TableSpec, path: string, { mistakes }: Compiling): boolean {
  const references = event.columns.filter((column) => column.to !== undefined);
  const before = mistakes.places.length;
  if (references.length !== 1 || references[0]!.to?.kind !== "entity") {
    const found = references.length === 0 ? "none" : references.map((column) => column.name).join(", ");
    mistakes.add("define.entity", path, `a table has exactly one reference, its key, to an entity; found ${found}`);
  }
  if (references[0]?.nullable === true)
    mistakes.add("define.column", `${path}.${references[0].name}`, "a key is never null");
  for (const name of putNames.filter((reserved) => Object.hasOwn(table.columns, reserved)))
    mistakes.add("define.name", `${path}.${name}`, `"${name}" is part of every row that is put; choose another name`);
  return mistakes.places.length === before;
}
