import { ByteReader, ByteWriter } from "../../base/bytes.ts";

/** An event that was not taken, with the reason: nothing that a sender gave away is lost. */
export interface DeadLetter {
  readonly code: string;
  readonly message: string;
  /** The row as it would have been logged. */
  readonly payload: Uint8Array;
}

/** Beside the plain rows' 1: u8 codec, code, message, payload. */
const deadLetterCodec = 4;
const writer = new ByteWriter();

export function encodeDeadLetter({ code, message, payload }: DeadLetter): Uint8Array {
  writer.clear();
  writer.u8(deadLetterCodec);
  writer.text(code);
  writer.text(message);
  writer.bytes(payload);
  return writer.finish();
}

/** @throws RangeError for a payload that is no dead letter */
export function decodeDeadLetter(payload: Uint8Array): DeadLetter {
  const reader = new ByteReader(payload);
  const codec = reader.u8();
  if (codec !== deadLetterCodec) throw new RangeError(`codec ${codec} is no dead letter`);
  return { code: reader.text(), message: reader.text(), payload: reader.bytes() };
}

/** The topic of an event's dead letters. */
export const deadTopic = (event: string): string => `dead:${event}`;

/** The topic that tells which dead letters are settled. */
export const settledTopic = (event: string): string => `dead-settled:${event}`;
