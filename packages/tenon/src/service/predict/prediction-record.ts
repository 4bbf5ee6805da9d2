import type { StoredValue } from "../../plan/row-codec.ts";
import type { FeatureStatus, FeatureValue } from "./feature-set-reader.ts";

/** A prediction as it is logged: enough to show it, to join its label, and to make it again. */
export interface PredictionRecord {
  readonly prediction: string;
  readonly model: string;
  readonly version: number;
  readonly digest: string;
  readonly build: string;
  readonly variant: "live" | "fallback";
  readonly position: number;
  /** The spine row's own id, where it came with one. */
  readonly exampleId: string | null;
  readonly input: readonly StoredValue[];
  readonly output: Readonly<Record<string, unknown>>;
  /** Features as served, by set and in the order of its columns. */
  readonly features: readonly {
    readonly set: string;
    readonly values: readonly FeatureValue[];
    readonly statuses: readonly FeatureStatus[];
    readonly ages: readonly (number | null)[];
  }[];
  readonly degraded: readonly string[];
}

/** Behind the plain rows' 1: a prediction as JSON. */
const predictionCodec = 3;

export function encodePrediction(record: PredictionRecord): Uint8Array {
  const text = JSON.stringify(record);
  const bytes = Buffer.allocUnsafe(1 + text.length * 3);
  bytes[0] = predictionCodec;
  return bytes.subarray(0, 1 + bytes.write(text, 1, "utf8"));
}

/** @throws RangeError for a payload that is no prediction */
export function decodePrediction(payload: Uint8Array): PredictionRecord {
  if (payload[0] !== predictionCodec) throw new RangeError(`codec ${payload[0]} is no prediction`);
  return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset + 1, payload.byteLength - 1).toString("utf8"));
}

export const predictionTopic = (prediction: string): string => `prediction:${prediction}`;
