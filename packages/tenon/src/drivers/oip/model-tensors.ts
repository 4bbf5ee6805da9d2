import { TenonError } from "../../base/error.ts";
import { type Tensor, textOf } from "../../base/oip-tensor.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { ModelColumns, ModelSignature, ModelValue } from "../../ports/model-runtime.ts";

export type SentTensor = Tensor & { readonly isBinary: boolean };

type Values = readonly ModelValue[];

const failed = (message: string): TenonError => new TenonError("model.failed", message);
const wholeTypes: ReadonlySet<ColumnPlan["type"]> = new Set(["integer", "time"]);
const realTypes: ReadonlySet<ColumnPlan["type"]> = new Set(["decimal", "real"]);

const isWhole = (column: ColumnPlan): boolean =>
  wholeTypes.has(column.type) || (column.type === "ref" && column.to?.keyType === "integer");

/**
 * The rows as tensors of shape [rows], one a column: whole numbers and times (epoch milliseconds) INT64, other numbers
 * FP64, flags BOOL, texts BYTES. A column that may be null is FP64 with NaN, or BYTES as JSON with null.
 */
export function tensorsOf({ input }: ModelSignature, columns: ModelColumns, rowCount: number): SentTensor[] {
  return input.map((column, place) => tensorOf(column, columns[place] ?? [], [rowCount]));
}

function tensorOf(column: ColumnPlan, values: Values, shape: readonly number[]): SentTensor {
  const { name, nullable } = column;
  const isNumber = isWhole(column) || realTypes.has(column.type) || column.type === "flag";
  if (!isNumber) return { name, shape, datatype: "BYTES", data: values.map(textValue), isBinary: !nullable };
  if (realTypes.has(column.type) || nullable)
    return { name, shape, datatype: "FP64", data: Float64Array.from(values, numberValue), isBinary: true };
  if (column.type === "flag")
    return { name, shape, datatype: "BOOL", data: Uint8Array.from(values, numberValue), isBinary: true };
  const data = BigInt64Array.from(values, (value) => BigInt(Math.trunc(numberValue(value))));
  return { name, shape, datatype: "INT64", data, isBinary: true };
}

const textValue = (value: ModelValue): string | null => (value === null ? null : String(value));
const numberValue = (value: ModelValue): number => (value === null ? Number.NaN : Number(value));

/**
 * The columns of an answer.
 * @throws model.failed where a tensor is missing, has other rows than were asked for, or values that its column does not take
 */
export function columnsOf(
  { name, output }: ModelSignature,
  tensors: readonly Tensor[],
  rowCount: number,
): ModelColumns {
  return output.map((column) => {
    const tensor = tensors.find((candidate) => candidate.name === column.name);
    if (tensor === undefined) {
      const found = tensors.map((candidate) => candidate.name).join(", ");
      throw failed(`"${name}" answered no "${column.name}" but ${found === "" ? "nothing" : found.slice(0, 200)}`);
    }
    const count = tensor.shape.reduce((product, size) => product * size, 1);
    if (count !== rowCount) throw failed(`"${name}" answered ${count} values of "${column.name}" for ${rowCount} rows`);
    const read = readerOf(column, tensor);
    return Array.from({ length: rowCount }, (_, row) => {
      const value = read(row);
      if (value !== undefined && (value !== null || column.nullable)) return value;
      throw failed(`"${name}" answered a "${column.name}" that is no ${wanted(column)}`);
    });
  });
}

const wanted = ({ type, values, nullable }: ColumnPlan): string =>
  `${type === "oneOf" ? `one of ${values.join(", ")}` : type}${nullable ? " or null" : ""}`.slice(0, 200);

/** The value of a row: null for what is missing, undefined for what the column does not take. */
function readerOf(column: ColumnPlan, tensor: Tensor): (row: number) => ModelValue | undefined {
  if (tensor.datatype === "BYTES") {
    const { data } = tensor;
    return (row) => fromText(column, textOf(data[row] ?? null));
  }
  const { data } = tensor;
  return (row) => fromNumber(column, Number(data[row]));
}

function fromText(column: ColumnPlan, text: string | null): ModelValue | undefined {
  if (text === null) return null;
  if (column.type === "oneOf") return column.values.includes(text) ? text : undefined;
  if (column.type === "time") return Number.isNaN(Date.parse(text)) ? undefined : Date.parse(text);
  return column.type === "text" || (column.type === "ref" && !isWhole(column)) ? text : undefined;
}

function fromNumber(column: ColumnPlan, value: number): ModelValue | undefined {
  if (Number.isNaN(value)) return null;
  if (column.type === "flag") return value === 0 || value === 1 ? value === 1 : undefined;
  if (isWhole(column)) return Number.isSafeInteger(value) ? value : undefined;
  return realTypes.has(column.type) && Number.isFinite(value) ? value : undefined;
}
