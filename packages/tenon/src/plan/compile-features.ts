import { formatDurationMs } from "../base/duration.ts";
import { fingerprint } from "../base/hash.ts";
import type { AggregateSpec } from "../define/aggregate.ts";
import type { FeaturesDefinition } from "../define/features.ts";
import { checkAggregate, parameterOf } from "./check-aggregate.ts";
import type { Compiling } from "./compiling.ts";
import { finiteMsOf, windowMsOf } from "./duration.ts";
import { filtersMax, LaneBuilder } from "./lanes.ts";
import type { EventPlan, FeatureColumnPlan, FeatureSetPlan } from "./plan.ts";
import { valueTypeOf } from "./value-type.ts";

/** A feature set's columns, in the order written, and the lanes that they read: one for each event. */
export function compileFeatureSet(set: FeaturesDefinition, compiling: Compiling): FeatureSetPlan {
  const path = `features ${set.name}`;
  const builders = new Map<string, LaneBuilder>();
  const drafts: (Omit<FeatureColumnPlan, "lane"> & { readonly event: string })[] = [];
  for (const [name, column] of Object.entries(set.columns)) {
    const { aggregate } = column;
    const event = compiling.events.get(aggregate.event.name);
    const place = `${path}.${name}`;
    if (event === undefined) continue;
    const source = checkAggregate(aggregate, place, compiling);
    const parameter = parameterOf(aggregate, place, compiling);
    const hopMs =
      column.hopEvery === undefined ? undefined : finiteMsOf(column.hopEvery, `${place}.hop`, compiling.mistakes);
    const builder = builders.get(event.name) ?? laneBuilder(event, set, place, compiling);
    if (builder === undefined) continue;
    builders.set(event.name, builder);
    if (column.windows.length === 0)
      compiling.mistakes.add("define.window", place, `over() names no window; write over("7d")`);
    for (const window of column.windows) {
      const windowMs = windowMsOf(window, place, compiling.mistakes);
      if (windowMs === undefined) continue;
      if (windowMs > event.keepMs) {
        compiling.mistakes.add(
          "define.window",
          `${place}_${window}`,
          `the window of ${window} is longer than event "${event.name}" is kept (${formatDurationMs(event.keepMs)})`,
        );
      }
      // What a hop adds to the window must be kept, too.
      const cell = builder.cell(aggregate, parameter, windowMs + (hopMs ?? 0));
      drafts.push({
        name: `${name}_${window}`,
        event: event.name,
        cell,
        window,
        windowMs,
        ...(hopMs === undefined ? {} : { hopMs }),
        ...manyOf(aggregate, parameter),
        ...valueTypeOf(aggregate.fn, source),
      });
    }
    if (builder.filterCount > filtersMax) {
      compiling.mistakes.add(
        "define.column",
        place,
        `one set takes at most ${filtersMax} different filters of an event; split the set`,
      );
    }
  }
  checkNames(drafts, path, compiling);
  const lanes = new Map(
    [...builders].map(([event, builder]) => {
      const { lane, cells } = builder.build();
      return [event, { lane: compiling.lanes.add(lane), cells }];
    }),
  );
  const columns = drafts.map(({ event, ...draft }): FeatureColumnPlan => {
    const { lane, cells } = lanes.get(event)!;
    return { ...draft, lane, cell: cells[draft.cell]! };
  });
  return {
    name: set.name,
    entity: set.of.name,
    keyType: set.of.keyType,
    owner: set.options.owner ?? set.of.owner,
    description: set.options.description,
    version: set.options.version ?? 1,
    fingerprint: fingerprint({
      version: set.options.version ?? 1,
      // By name: the order in which columns are written is not part of what they are.
      columns: Object.fromEntries(
        columns.map(({ lane, ...column }) => [column.name, { ...column, lane: compiling.lanes.lanes[lane]!.id }]),
      ),
    }),
    columns,
  };
}

function laneBuilder(
  event: EventPlan,
  set: FeaturesDefinition,
  place: string,
  compiling: Compiling,
): LaneBuilder | undefined {
  const by = event.columns.filter((column) => column.to?.kind === "entity" && column.to.name === set.of.name);
  if (by.length === 1) {
    return new LaneBuilder(event, { column: by[0]!.name, kind: "entity", name: set.of.name });
  }
  const found = by.length === 0 ? "no column" : `${by.length} columns (${by.map((column) => column.name).join(", ")})`;
  compiling.mistakes.add(
    "define.entity",
    place,
    `event "${event.name}" has ${found} that refer to entity "${set.of.name}"; it needs exactly one`,
  );
  return undefined;
}

function manyOf(aggregate: AggregateSpec, parameter: number | undefined): Pick<FeatureColumnPlan, "many" | "listMax"> {
  if (aggregate.by !== undefined) return { many: "groups" };
  if (aggregate.fn === "lastN") return { many: "list" };
  return aggregate.fn === "topK" && parameter !== undefined ? { many: "counts", listMax: parameter } : {};
}

function checkNames(drafts: readonly { readonly name: string }[], path: string, compiling: Compiling): void {
  const seen = new Set<string>();
  for (const { name } of drafts) {
    if (seen.has(name))
      compiling.mistakes.add("define.duplicate", `${path}.${name}`, `two columns are named "${name}"`);
    seen.add(name);
  }
}
