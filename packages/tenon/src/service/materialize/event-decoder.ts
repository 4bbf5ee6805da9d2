import { ByteReader, ByteWriter } from "../../base/bytes.ts";
import type { ColumnPlan, EventPlan } from "../../plan/plan.ts";
import { payloadSchema, RowDecoder, type StoredValue } from "../../plan/row-codec.ts";

/** The numbers that stand for names in the log: handed to every thread that reads it. */
export interface Catalogue {
  readonly topics: Readonly<Record<string, number>>;
  readonly schemas: readonly { readonly id: number; readonly event: string; readonly columns: readonly ColumnPlan[] }[];
}

/** What a log entry says of an event: its row, or that the row at a log position is taken back. */
export interface EventEntry {
  readonly values: StoredValue[];
  /** The log position of the row that is taken back. */
  readonly retracts: number | undefined;
}

/** Beside the plain rows' 1: u8 codec, f64 log position of the row, its payload, so that its lanes and keys are known. */
const retractionCodec = 2;
const writer = new ByteWriter();

export function encodeRetraction(entry: { readonly seq: number; readonly payload: Uint8Array }): Uint8Array {
  writer.clear();
  writer.u8(retractionCodec);
  writer.f64(entry.seq);
  writer.bytes(entry.payload);
  return writer.finish();
}

/** The topic of an event's retractions: ids are unique in a topic. */
export const retractionTopic = (event: string): string => `retracted:${event}`;

/** The topics whose entries tell of an event. */
export const eventTopics = (event: EventPlan, { topics }: Catalogue): readonly number[] => [
  topics[event.name],
  topics[retractionTopic(event.name)],
];

/** Reads payloads of one event, each by the schema that it was written with. */
export class EventDecoder {
  readonly #decoders = new Map<number, RowDecoder>();

  constructor(event: EventPlan, catalogue: Catalogue) {
    for (const schema of catalogue.schemas) {
      if (schema.event === event.name) this.#decoders.set(schema.id, new RowDecoder(schema.columns, event.columns));
    }
  }

  entry(payload: Uint8Array): EventEntry {
    if (payload[0] !== retractionCodec) return { values: this.decode(payload), retracts: undefined };
    const reader = new ByteReader(payload, 1);
    const retracts = reader.f64();
    return { retracts, values: this.decode(reader.bytes()) };
  }

  /** The values in the order of the event's columns. */
  decode(payload: Uint8Array): StoredValue[] {
    const decoder = this.#decoders.get(payloadSchema(payload));
    if (decoder === undefined) throw new RangeError(`no schema ${payloadSchema(payload)} is known`);
    return decoder.decode(payload);
  }
}
