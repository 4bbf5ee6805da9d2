import { TenonError } from "../../base/error.ts";
import { isRecord } from "../../base/record.ts";
import { type ColumnPlan, type EventPlan, type LabelPlan, sentColumns } from "../../plan/plan.ts";
import { presentValue } from "../../plan/row-codec.ts";
import { invalidInput } from "../ingest/ingest.ts";
import type { Tenon } from "../tenon.ts";
import { findPrediction } from "./logged.ts";
import type { PredictionRecord } from "./prediction-record.ts";

/** What became of an outcome that was told for a prediction. */
export interface ToldOutcome {
  /** The event that it is one of. */
  readonly event: string;
  /** Of the event; null where the outcome is that there is none. */
  readonly id: string | null;
  readonly recorded: boolean;
  /** It was told before, with the same content. */
  readonly duplicate: boolean;
  readonly lastSeq: number;
}

/**
 * Tells what came of a prediction. Its label is read from events, so the outcome becomes one: with the reference that the
 * label is matched by, `label` in the column that it is read from, and the event's other columns as they are given. Told
 * twice it counts once.
 * @throws prediction.unlogged, prediction.unlabelled, input.invalid and the field codes, event.late
 */
export async function tellOutcome(tenon: Tenon, tenant: number, id: string, told: unknown): Promise<ToldOutcome> {
  const record = await findPrediction(tenon, tenant, id);
  const { plan } = tenon.build.app;
  const model = plan.models.find(({ name }) => name === record.model);
  const label = model?.source === "trained" ? plan.labels.find(({ name }) => name === model.label) : undefined;
  if (label === undefined)
    throw new TenonError(
      "prediction.unlabelled",
      `"${record.model}" is not trained here: no label says what came of it`,
    );
  const lane = plan.lanes[label.lane];
  const event = plan.events.find(({ name }) => name === lane.event)!;
  const source = lane.columns[lane.cells[label.cell].column]?.name;
  const given = givenOf(told, event, lane.by.column);
  const says = given.label;
  if (source === undefined && says === false)
    return { event: event.name, id: null, recorded: false, duplicate: false, lastSeq: tenon.log.lastSeq };
  const { label: _, ...columns } = given;
  const target = event.columns.some(({ name }) => name === "label") ? "label" : source;
  const row = {
    ...columns,
    ...(target === undefined || says === undefined ? {} : { [target]: says }),
    [lane.by.column]: keyOf(record, label, model?.spine.columns ?? []),
    id: `outcome-${id}`,
  };
  const { accepted, duplicate, rejected, late, lastSeq } = await tenon.ingest(tenant, event.name, [row]);
  const [reject] = rejected;
  if (reject !== undefined) throw invalidInput(`the outcome is no "${event.name}"`, reject.places);
  if (late > 0) throw new TenonError("event.late", `the outcome is later than event "${event.name}" may be`);
  return { event: event.name, id: row.id, recorded: accepted > 0, duplicate: duplicate > 0, lastSeq };
}

/** @throws field.type where it is no object, or names what is filled in */
function givenOf(told: unknown, event: EventPlan, reference: string): Readonly<Record<string, unknown>> {
  if (isRecord(told) && !("id" in told) && !(reference in told)) return told;
  const names = sentColumns(event)
    .map(({ name }) => name)
    .filter((name) => name !== reference)
    .join(", ");
  throw new TenonError("field.type", `an outcome is { "label": …, "at"?: … } and columns of "${event.name}": ${names}`);
}

/** What the label is matched by: the example's id, or its key. */
function keyOf(record: PredictionRecord, { matchedBy }: LabelPlan, columns: readonly ColumnPlan[]): unknown {
  if (matchedBy.kind === "entity") {
    const place = columns.findIndex(({ name }) => name === matchedBy.column);
    return presentValue(columns[place], record.input[place]);
  }
  if (record.exampleId !== null) return record.exampleId;
  throw new TenonError(
    "prediction.unlabelled",
    "the prediction has no example: its row had no id, and is not recorded",
  );
}
