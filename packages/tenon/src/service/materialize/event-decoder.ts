import type { ColumnPlan, EventPlan } from "../../plan/plan.ts";
import { payloadSchema, RowDecoder, type StoredValue } from "../../plan/row-codec.ts";

/** The numbers that stand for names in the log: handed to every thread that reads it. */
export interface Catalogue {
  readonly topics: Readonly<Record<string, number>>;
  readonly schemas: readonly { readonly id: number; readonly event: string; readonly columns: readonly ColumnPlan[] }[];
}

/** Reads payloads of one event, each by the schema that it was written with. */
export class EventDecoder {
  readonly #decoders = new Map<number, RowDecoder>();

  constructor(event: EventPlan, catalogue: Catalogue) {
    for (const schema of catalogue.schemas) {
      if (schema.event === event.name) this.#decoders.set(schema.id, new RowDecoder(schema.columns, event.columns));
    }
  }

  /** The values in the order of the event's columns. */
  decode(payload: Uint8Array): StoredValue[] {
    const decoder = this.#decoders.get(payloadSchema(payload));
    if (decoder === undefined) throw new RangeError(`no schema ${payloadSchema(payload)} is known`);
    return decoder.decode(payload);
  }
}
