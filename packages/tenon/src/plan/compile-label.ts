import { aboutOf } from "../define/about.ts";
import type { EntitySpine } from "../define/entity.ts";
import type { LabelDefinition } from "../define/label.ts";
import type { Spine } from "../define/spine.ts";
import { checkAggregate, parameterOf } from "./check-aggregate.ts";
import { checkOptions } from "./check-options.ts";
import type { Compiling } from "./compiling.ts";
import { describe } from "./describe.ts";
import { finiteMsOf } from "./duration.ts";
import { LaneBuilder } from "./lanes.ts";
import { matchOutcome } from "./match-outcome.ts";
import { type ColumnPlan, type LabelPlan, type SpinePlan, sentColumns } from "./plan.ts";
import { isEntitySpine } from "./reach.ts";

/** The spine as data: its fields and which of them hold entity keys. */
export function compileSpine(spine: Spine, path: string, compiling: Compiling): SpinePlan | undefined {
  if (isEntitySpine(spine)) {
    const { name, keyType } = spine.of;
    const everyMs = finiteMsOf(spine.every, `${path}.of`, compiling.mistakes);
    const column = {
      name,
      type: "ref",
      nullable: false,
      personal: false,
      scale: 0,
      values: [],
      to: { kind: "entity", name, keyType },
    } as const;
    checkOptions("every", spine.written, `${path}.of`, compiling.mistakes);
    const table = spine.while === undefined ? undefined : tableOf(spine, `${path}.of.while`, compiling);
    if (everyMs === undefined) return undefined;
    const kept = table === undefined ? {} : { while: table };
    return { kind: "entity", name, columns: [column], keys: { [name]: name }, everyMs, ...kept };
  }
  const event = compiling.events.get(spine.name);
  if (event === undefined) return undefined;
  // Two columns to one entity: no one can say which is meant, so neither is a key.
  const keys = Object.groupBy(event.columns.filter(refersToEntity), (column) => column.to!.name);
  const clear = Object.entries(keys).filter(([, columns]) => columns?.length === 1);
  return {
    kind: "event",
    name: event.name,
    columns: sentColumns(event),
    keys: Object.fromEntries(clear.map(([entity, columns]) => [entity, columns![0]!.name])),
    everyMs: undefined,
  };
}

/** The table that bounds the examples: of the spine's own entity. */
function tableOf({ of, while: table }: EntitySpine, path: string, compiling: Compiling): string | undefined {
  const set = compiling.reached.featureSets.get(table?.name ?? "");
  if (set?.table !== undefined && set.of.name === of.name) return set.name;
  compiling.mistakes.add("define.reference", path, `needs a table of entity "${of.name}"; found ${describe(table)}`);
  return undefined;
}

const refersToEntity = (column: ColumnPlan): boolean => column.to?.kind === "entity";

/** A label and the lane that its outcome is read from, looking forward from the example. */
export function compileLabel(label: LabelDefinition, compiling: Compiling): LabelPlan | undefined {
  const path = `label ${label.name}`;
  const { aggregate, within, above } = label.outcome;
  const spine = compileSpine(label.of, path, compiling);
  const event = compiling.events.get(aggregate.event.name);
  const withinMs = finiteMsOf(within, `${path}.within`, compiling.mistakes);
  if (spine === undefined || event === undefined || withinMs === undefined) return undefined;
  const source = checkAggregate(aggregate, path, compiling);
  const isOne = aggregate.fn === "first" || aggregate.fn === "last";
  if (isOne && source !== undefined && !["integer", "decimal", "real", "flag"].includes(source.type)) {
    compiling.mistakes.add(
      "define.outcome",
      path,
      `an outcome is a number or a yes or no; ${aggregate.fn}("${source.name}") is ${source.type}`,
    );
  }
  if (withinMs > event.keepMs) {
    compiling.mistakes.add(
      "define.window",
      path,
      `the outcome looks ${within} ahead, longer than event "${event.name}" is kept`,
    );
  }
  const isYesOrNo = isOne && source?.type === "flag";
  if (isYesOrNo && above !== undefined) {
    compiling.mistakes.add(
      "define.outcome",
      path,
      `${aggregate.fn}("${source.name}") is a yes or no already; leave above() out`,
    );
  }
  const match = matchOutcome(spine, event, path, compiling);
  if (match === undefined) return undefined;
  const builder = new LaneBuilder(event, match.by);
  // A label is read until it is final, and for a while after by late monitors.
  const cell = builder.cell(aggregate, parameterOf(aggregate, path, compiling), 2 * withinMs + event.lateMs);
  const { lane, cells } = builder.build();
  // A flag is kept as 1 or 0: what is above 0 is a yes.
  const bound = isYesOrNo ? 0 : above;
  return {
    name: label.name,
    ...aboutOf(label),
    spine,
    task: bound === undefined ? "regression" : "binary",
    lane: compiling.lanes.add(lane),
    cell: cells[cell]!,
    scale: source?.scale ?? 0,
    withinMs,
    maturityMs: withinMs + event.lateMs,
    above: bound,
    matchedBy: match.matchedBy,
    excludesExample: spine.kind === "event" && spine.name === event.name,
  };
}
