import { TenonError } from "../../base/error.ts";
import type { Datatype } from "../../base/oip-datatype.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { Predictor } from "../../service/predict/predictor.ts";
import { staleReason } from "../../service/predict/version-inputs.ts";
import { versionPredictor } from "../../service/predict/version-predictor.ts";
import type { Tenon } from "../../service/tenon.ts";

/** A prediction is a model to these protocols; its columns are tensors with one value a row. */
export interface ModelTensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** May be left out: null then. */
  readonly isOptional: boolean;
}

/** By name, and by version where that is asked. @throws prediction.unknown, version.unknown, model.unloadable */
export function predictorOf(tenon: Tenon, name: string, version?: string): Predictor | Promise<Predictor> {
  if (version === undefined) return tenon.serving.predictor(name);
  if (/^\d{1,9}$/.test(version)) return versionPredictor(tenon, name, Number(version));
  tenon.serving.predictor(name);
  throw new TenonError("version.unknown", `"${version.slice(0, 40)}" is no version: they are whole numbers`);
}

const datatypes = {
  integer: "INT64",
  decimal: "FP64",
  real: "FP64",
  flag: "BOOL",
  time: "INT64",
  text: "BYTES",
  oneOf: "BYTES",
  ref: "BYTES",
} as const satisfies Readonly<Record<ColumnPlan["type"], Datatype>>;

const datatypeOf = (column: ColumnPlan): Datatype =>
  column.to?.keyType === "integer" ? "INT64" : datatypes[column.type];

/** What the row that is predicted for is made of. */
export const inputTensors = ({ model }: Predictor): readonly ModelTensor[] =>
  model.spine.columns.map((column) => ({
    name: column.name,
    datatype: datatypeOf(column),
    isOptional: column.nullable,
  }));

/** The row's envelope, which may be sent too. */
export const envelopeTensors = ({ model }: Predictor): readonly ModelTensor[] =>
  model.spine.kind === "none"
    ? []
    : [
        { name: "id", datatype: "BYTES", isOptional: true },
        { name: "at", datatype: "INT64", isOptional: true },
      ];

/** What is answered: numbers are FP64, flags BOOL, all else texts. A flag that may be null is a number. */
export function outputTensors(tenon: Tenon, { model, plan }: Predictor): readonly ModelTensor[] {
  const columns = model.source === "pretrained" ? model.output : [];
  return Object.entries(sampleAnswer(tenon, plan.name, plan.fallback)).map(([name, value]) => {
    const column = columns.find((candidate) => candidate.name === name);
    return { name, datatype: answerDatatype(column, [value]), isOptional: false };
  });
}

/** The fallback as it is answered: what `decide` adds is known once it has run. */
function sampleAnswer(tenon: Tenon, name: string, fallback: object): object {
  try {
    return { ...fallback, ...tenon.build.app.functions.decide[name]?.(fallback) };
  } catch {
    return fallback;
  }
}

/** The one datatype of a column's answers. */
export function answerDatatype(column: ColumnPlan | undefined, values: readonly unknown[]): Datatype {
  if (column?.type === "flag") return column.nullable ? "FP64" : "BOOL";
  if (column !== undefined) return datatypeOf(column) === "INT64" ? "FP64" : datatypeOf(column);
  if (values.every((value) => typeof value === "boolean")) return values.length === 0 ? "BYTES" : "BOOL";
  const isNumber = values.every((value) => value === null || typeof value === "number" || typeof value === "boolean");
  return isNumber && values.some((value) => value !== null) ? "FP64" : "BYTES";
}

/** Whether a model answers, and why it does not. */
export interface Readiness {
  readonly version: string;
  readonly isReady: boolean;
  readonly reason: string;
}

/** Each version with its state, the live one first. */
export function versionsOf(tenon: Tenon, name: string): readonly Readiness[] {
  const { model, version: loaded, isStale, problem = "" } = tenon.serving.predictor(name);
  if (model.source !== "trained") return [{ version: "1", isReady: problem === "", reason: problem }];
  const live = tenon.registry.live(model.name)?.version;
  return tenon.registry
    .versions(model.name)
    .toSorted((a, b) => Number(b.version === live) - Number(a.version === live))
    .map((record) => {
      const stale = staleReason(record, model, tenon.build.app.plan) ?? "";
      // A live one may be served by its own build.
      const served = loaded === undefined ? "its file cannot be loaded" : isStale ? stale : "";
      const reason = record.version === live ? served : stale;
      return { version: String(record.version), isReady: reason === "", reason };
    });
}

/** The state of a model, or of one version of it. @throws prediction.unknown, version.unknown */
export function readinessOf(tenon: Tenon, name: string, version?: string): Readiness {
  const versions = versionsOf(tenon, name);
  const { model } = tenon.serving.predictor(name);
  const asked = version ?? (model.source === "trained" ? String(tenon.registry.live(model.name)?.version ?? "") : "1");
  const found = versions.find((one) => one.version === asked);
  if (found !== undefined) return found;
  if (version !== undefined)
    throw new TenonError("version.unknown", `"${name}" has no version ${version.slice(0, 40)}`);
  return { version: "0", isReady: false, reason: "no version is live: the fallback answers" };
}
