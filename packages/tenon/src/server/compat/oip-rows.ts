import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { suggestion } from "../../base/nearest.ts";
import { type NumericTensor, type Tensor, textOf } from "../../base/oip-tensor.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { Predictor } from "../../service/predict/predictor.ts";
import { cellValue, floatCell } from "./cell-value.ts";
import { envelopeTensors } from "./served-model.ts";

type Row = Record<string, unknown>;

/** One field of all rows. */
interface Field {
  readonly name: string;
  readonly valueAt: (row: number) => unknown;
}

const invalid = (message: string): TenonError => new TenonError("tensor.invalid", message);
const numeric: ReadonlySet<ColumnPlan["type"]> = new Set(["integer", "decimal", "real", "flag", "time"]);

/**
 * Rows to predict for: one tensor a column, of shape [n] or [n, 1]; or one of numbers for all columns, [n, columns].
 * @throws tensor.invalid, field.unknown, body.too-large
 */
export function rowsOfTensors(predictor: Predictor, tensors: readonly Tensor[]): readonly Row[] {
  const { columns } = predictor.model.spine;
  const matrix = matrixOf(predictor, tensors);
  const fields =
    matrix === undefined ? tensors.map((tensor) => fieldOf(predictor, tensor)) : matrixFields(columns, matrix);
  if (new Set(fields.map(({ name }) => name)).size < fields.length)
    throw invalid("an input stands twice in the request");
  const count = rowCount(tensors);
  return Array.from({ length: count }, (_, row) => {
    const made: Row = {};
    for (const { name, valueAt } of fields) made[name] = valueAt(row);
    return made;
  });
}

function rowCount(tensors: readonly Tensor[]): number {
  const counts = new Set(tensors.map(({ shape }) => shape[0] ?? 1));
  if (counts.size > 1) throw invalid(`the inputs have ${[...counts].join(" and ")} rows: send as many in each`);
  const [count = 1] = counts;
  if (count <= limit.itemsMax) return count;
  throw new TenonError("body.too-large", `${count} rows in one request; it takes ${limit.itemsMax}`);
}

/** The single tensor that has all columns, whatever its name. */
function matrixOf({ model, plan }: Predictor, tensors: readonly Tensor[]): NumericTensor | undefined {
  const [only] = tensors;
  const { columns } = model.spine;
  if (only === undefined || tensors.length > 1 || only.shape.length !== 2) return undefined;
  const isWide = columns.length > 1 && only.shape[1] === columns.length;
  if (!isWide && columns.some(({ name }) => name === only.name)) return undefined;
  const text = columns.find((column) => !numeric.has(column.type) && column.to?.keyType !== "integer");
  if (text !== undefined)
    throw invalid(`"${plan.name}" takes no matrix, since "${text.name}" is no number: send one tensor a column`);
  if (only.datatype === "BYTES") throw invalid(`a matrix is of numbers; "${only.name.slice(0, 100)}" is BYTES`);
  if (only.shape[1] === columns.length) return only;
  const names = columns.map(({ name }) => name).join(", ");
  throw invalid(`a matrix for "${plan.name}" has ${columns.length} columns (${names}); found ${only.shape[1]}`);
}

function matrixFields(columns: readonly ColumnPlan[], matrix: NumericTensor): readonly Field[] {
  return columns.map((column, place) => {
    const read = numberReader(column, matrix);
    return { name: column.name, valueAt: (row) => read(row * columns.length + place) };
  });
}

function fieldOf(predictor: Predictor, tensor: Tensor): Field {
  const { name, shape } = tensor;
  const { model, plan } = predictor;
  const column = model.spine.columns.find((candidate) => candidate.name === name);
  const names = new Set([...model.spine.columns, ...envelopeTensors(predictor)].map((one) => one.name));
  if (!names.has(name)) {
    const shown = name.slice(0, 100);
    throw new TenonError("field.unknown", `"${plan.name}" has no input "${shown}".${suggestion(shown, names)}`);
  }
  if (shape.length > 2 || (shape.length === 2 && shape[1] !== 1))
    throw invalid(`"${name}" has the shape [${shape.join(", ")}]; a column is [n] or [n, 1]`);
  if (tensor.datatype !== "BYTES") return { name, valueAt: numberReader(column, tensor) };
  const { data } = tensor;
  return { name, valueAt: (row) => textOf(data[row] ?? null) };
}

function numberReader(column: ColumnPlan | undefined, { datatype, data }: NumericTensor): (place: number) => unknown {
  if (datatype === "BOOL") return (place) => data[place] !== 0;
  if (data instanceof Float32Array) return (place) => floatCell(column, data[place] ?? Number.NaN);
  return (place) => cellValue(column, data[place]);
}
