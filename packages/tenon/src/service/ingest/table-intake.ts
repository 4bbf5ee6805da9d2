import { ByteWriter } from "../../base/bytes.ts";
import type { ErrorPlace } from "../../base/error.ts";
import { newId } from "../../base/id.ts";
import type { EventPlan, TableRowsPlan } from "../../plan/plan.ts";
import { RowEncoder } from "../../plan/row-codec.ts";
import { checkTime, isMistake, type Mistake, RowValidator, type Validation } from "../../plan/row-validator.ts";
import type { LogItem } from "../../ports/event-log.ts";
import { type ImportMode, receivedAtOf, takeReceivedAt } from "./import-mode.ts";

/** Rows on their way into a table: each says from when it is valid, and may take its key away. */
export class TableIntake {
  readonly #event: EventPlan;
  readonly #topic: number;
  readonly #encoder: RowEncoder;
  readonly #puts: RowValidator;
  readonly #deletes: RowValidator;
  readonly #bytes = new ByteWriter();

  constructor(event: EventPlan, { key, required }: TableRowsPlan, topic: number, schema: number) {
    this.#event = event;
    this.#topic = topic;
    this.#encoder = new RowEncoder(event.columns, schema);
    const own = event.columns.filter(({ name }) => name !== "deleted");
    this.#puts = new RowValidator(
      own.map((column) => ({ ...column, nullable: !required.includes(column.name) })),
      false,
    );
    this.#deletes = new RowValidator(
      own.filter(({ name }) => name === key),
      false,
    );
  }

  /** A log item, or what is wrong with the row. */
  item(
    tenant: number,
    input: unknown,
    nowMs: number,
    mode: ImportMode | undefined,
  ): LogItem | { readonly places: readonly ErrorPlace[] } {
    const received = mode === undefined ? { receivedAtMs: undefined, row: input } : takeReceivedAt(input);
    const { validFrom, deleted, row } = takePut(received.row);
    const isDelete = deleted === true;
    const checked = (isDelete ? this.#deletes : this.#puts).validate(row);
    const validFromMs = validFrom === undefined ? nowMs : checkTime(validFrom);
    const places = [
      ...("places" in checked ? checked.places : []),
      ...placeOf("/receivedAt", received.receivedAtMs),
      ...placeOf("/validFrom", validFromMs),
      ...(deleted === undefined || typeof deleted === "boolean" ? [] : [notFlag]),
    ];
    if (places.length > 0 || "places" in checked || isMistake(validFromMs) || isMistake(received.receivedAtMs))
      return { places };
    this.#bytes.clear();
    this.#encoder.encode(this.#valuesOf(checked, isDelete), this.#bytes);
    return {
      tenant,
      topic: this.#topic,
      // A row that is put twice is there twice, and says the same.
      id: newId(),
      atMs: validFromMs,
      receivedAtMs: receivedAtOf(mode, received.receivedAtMs, validFromMs, nowMs),
      imported: mode !== undefined,
      payload: this.#bytes.finish(),
    };
  }

  /** In the order of the log's columns; `deleted` is the last. */
  #valuesOf({ row }: Extract<Validation, { readonly row: unknown }>, isDelete: boolean) {
    const values = isDelete ? this.#deleteValues(row.values[0] ?? null) : [...row.values];
    return [...values, isDelete];
  }

  #deleteValues(key: string | number | boolean | null) {
    return this.#event.columns.slice(0, -1).map(({ to }) => (to === undefined ? null : key));
  }
}

const notFlag: ErrorPlace = { path: "/deleted", code: "field.type", message: "`deleted` is true or false" };

const placeOf = (path: string, found: number | Mistake | undefined): readonly ErrorPlace[] =>
  isMistake(found) ? [{ path, code: found.code, message: found.message }] : [];

function takePut(input: unknown): { readonly validFrom: unknown; readonly deleted: unknown; readonly row: unknown } {
  if (input === null || typeof input !== "object" || Array.isArray(input))
    return { validFrom: undefined, deleted: undefined, row: input };
  const { validFrom, deleted, ...row }: Record<string, unknown> = { ...input };
  return { validFrom, deleted, row };
}
