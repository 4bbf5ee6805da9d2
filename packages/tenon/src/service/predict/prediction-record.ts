import { ByteReader, ByteWriter } from "../../base/bytes.ts";
import type { StoredValue } from "../../plan/row-codec.ts";
import type { FeatureStatus } from "./feature-set-reader.ts";
import type { FeatureValue } from "./feature-value.ts";

/** What one version of one prediction shares: told once, and written as bytes that are made once. */
export interface PredictionSource {
  readonly prediction: string;
  readonly model: string;
  readonly version: number;
  readonly digest: string;
  readonly build: string;
  /**
   * What answered: `live`, the model's live version, or `previous`, the one before it; `rule` or `fallback` of the
   * prediction; or the name of one of its variants.
   */
  readonly variant: string;
}

/** A prediction as it is logged: enough to show it, to join its label, and to make it again. */
export interface PredictionRecord extends PredictionSource {
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
  /** What its model was paid, in millionths of a dollar; absent where it was nothing. */
  readonly costMicros?: number;
}

/**
 * Behind the plain rows' 1:
 *
 *   u8 codec, source (JSON), f64 position, example id, input value …, output (JSON), u8 sets,
 *   per set: name, u32 columns, (value, u8 status, f64 age) …, then degraded (JSON), and of codec 4 the f64 cost
 *   value: u8 tag (0 null, 1 number, 2 text, 3 true, 4 false, 5 time, 6 many, as JSON) and what it tags
 */
const predictionCodec = 3;
const paidCodec = 4;

const statuses: readonly FeatureStatus[] = ["present", "null", "not-found", "expired", "incomplete"];
const writer = new ByteWriter(4_096);
/** The source of the last records as text: versions change rarely. */
const sourceTexts = new Map<string, string>();
const sourceTextsMax = 100;

export function encodePrediction(record: PredictionRecord): Uint8Array<ArrayBuffer> {
  writer.clear();
  const { costMicros } = record;
  writer.u8(costMicros === undefined ? predictionCodec : paidCodec);
  writer.text(sourceText(record));
  writer.f64(record.position);
  writeValue(record.exampleId);
  writer.u32(record.input.length);
  for (const value of record.input) writeValue(value);
  writer.text(JSON.stringify(record.output));
  writer.u8(record.features.length);
  for (const { set, values, statuses: told, ages } of record.features) {
    writer.text(set);
    writer.u32(values.length);
    for (let i = 0; i < values.length; i++) {
      writeValue(values[i]);
      writer.u8(statuses.indexOf(told[i]));
      writer.f64(ages[i] ?? Number.NaN);
    }
  }
  writer.text(record.degraded.length === 0 ? "[]" : JSON.stringify(record.degraded));
  if (costMicros !== undefined) writer.f64(costMicros);
  return writer.finish();
}

/** @throws RangeError for a payload that is no prediction */
export function decodePrediction(payload: Uint8Array): PredictionRecord {
  const reader = new ByteReader(payload);
  const codec = reader.u8();
  if (codec !== predictionCodec && codec !== paidCodec) throw new RangeError(`codec ${codec} is no prediction`);
  const source: PredictionSource = JSON.parse(reader.text());
  const position = reader.f64();
  const exampleId = readValue(reader);
  const input = Array.from({ length: reader.u32() }, () => readValue(reader));
  const output = JSON.parse(reader.text());
  const features = Array.from({ length: reader.u8() }, () => {
    const set = reader.text();
    const columns = Array.from({ length: reader.u32() }, () => ({
      value: readFeature(reader),
      status: statuses[reader.u8()],
      age: reader.f64(),
    }));
    return {
      set,
      values: columns.map(({ value }) => value),
      statuses: columns.map(({ status }) => status),
      ages: columns.map(({ age }) => (Number.isNaN(age) ? null : age)),
    };
  });
  return {
    ...source,
    position,
    exampleId: exampleId === null ? null : String(exampleId),
    input,
    output,
    features,
    degraded: JSON.parse(reader.text()),
    ...(codec === paidCodec ? { costMicros: reader.f64() } : {}),
  };
}

function sourceText({ prediction, model, version, digest, build, variant }: PredictionRecord): string {
  const key = `${prediction}/${version}/${variant}/${build}/${digest}`;
  let text = sourceTexts.get(key);
  if (text === undefined) {
    text = JSON.stringify({ prediction, model, version, digest, build, variant } satisfies PredictionSource);
    if (sourceTexts.size >= sourceTextsMax) sourceTexts.clear();
    sourceTexts.set(key, text);
  }
  return text;
}

function writeValue(value: FeatureValue): void {
  if (value === null) writer.u8(0);
  else if (typeof value === "number") {
    writer.u8(1);
    writer.f64(value);
  } else if (typeof value === "string") {
    writer.u8(2);
    writer.text(value);
  } else if (value instanceof Date) {
    writer.u8(5);
    writer.f64(value.getTime());
  } else if (typeof value === "boolean") writer.u8(value ? 3 : 4);
  else {
    writer.u8(6);
    writer.text(JSON.stringify(value));
  }
}

/** A stored value is never one of many. */
function readValue(reader: ByteReader): StoredValue {
  const value = readFeature(reader);
  if (value instanceof Date) return value.getTime();
  return typeof value === "object" ? null : value;
}

function readFeature(reader: ByteReader): FeatureValue {
  switch (reader.u8()) {
    case 1:
      return reader.f64();
    case 2:
      return reader.text();
    case 3:
      return true;
    case 4:
      return false;
    case 5:
      return new Date(reader.f64());
    case 6:
      return JSON.parse(reader.text());
    default:
      return null;
  }
}

export const predictionTopic = (prediction: string): string => `prediction:${prediction}`;

/** The age of the oldest feature in milliseconds; null where none has one. */
export function ageMaxOf({ features }: PredictionRecord): number | null {
  let oldest: number | null = null;
  for (const { ages } of features)
    for (const age of ages) if (age !== null && (oldest === null || age > oldest)) oldest = age;
  return oldest;
}

/** The receipt's name of what answered. */
export const versionName = ({ model, version }: PredictionRecord): string =>
  version === 0 ? model : `${model}@${version}`;
