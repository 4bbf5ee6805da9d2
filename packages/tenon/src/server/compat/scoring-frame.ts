import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { csvEnd, csvFields } from "../../base/csv-fields.ts";
import { TenonError } from "../../base/error.ts";
import { parseExactJson } from "../../base/exact-json.ts";
import { limit } from "../../base/limit.ts";
import { isRecord } from "../../base/record.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { Predictor } from "../../service/predict/predictor.ts";
import { readCompressedBody } from "./compressed-body.ts";
import { rowOf } from "./score-rows.ts";

type Row = Readonly<Record<string, unknown>>;

const forms = ["dataframe_split", "dataframe_records", "inputs", "instances"] as const;
const invalid = (message: string): TenonError => new TenonError("input.invalid", message);

/**
 * Rows of a frame as MLflow's clients send it: JSON in one of four forms, or CSV with a header.
 * @throws body.unreadable, body.too-large, input.invalid
 */
export async function readFrame(request: IncomingMessage, predictor: Predictor): Promise<readonly Row[]> {
  const [type = ""] = (request.headers["content-type"] ?? "application/json").split(";");
  const bytes = await readCompressedBody(request, limit.bodyBytesMax);
  if (type.trim().toLowerCase() === "text/csv") return csvRows(predictor, bytes);
  const body = parseExactJson(bytes);
  if (!isRecord(body)) throw invalid("the body is no JSON object");
  const given = forms.filter((form) => Object.hasOwn(body, form));
  const [form] = given;
  if (form === undefined || given.length > 1)
    throw invalid(`a body has one of ${forms.join(", ")}; found ${given.length}`);
  if (isRecord(body.params) && Object.keys(body.params).length > 0)
    throw invalid(`a prediction takes no "params"; found ${Object.keys(body.params).slice(0, 5).join(", ")}`);
  return form === "dataframe_split" ? splitRows(predictor, body[form]) : formRows(predictor, form, body[form]);
}

function splitRows(predictor: Predictor, frame: unknown): readonly Row[] {
  if (!isRecord(frame) || !Array.isArray(frame.data)) throw invalid('"dataframe_split" has "columns" and "data"');
  const { columns } = frame;
  const names = Array.isArray(columns) ? columns.map(String) : undefined;
  return frame.data.map((row: unknown) => {
    if (Array.isArray(row)) return rowOf(predictor, row, names);
    throw invalid('the "data" of "dataframe_split" are lists');
  });
}

/** A list of rows, or of `inputs` also lists by column. */
function formRows(predictor: Predictor, form: string, given: unknown): readonly Row[] {
  if (Array.isArray(given)) return given.map((row: unknown) => rowOf(predictor, row));
  if (form === "dataframe_records" || !isRecord(given)) throw invalid(`"${form}" is a list of rows`);
  const columns = Object.entries(given).map(([name, values]): readonly [string, readonly unknown[]] => [
    name,
    Array.isArray(values) ? values : [values],
  ]);
  const counts = new Set(columns.map(([, values]) => values.length));
  const [count = 0] = counts;
  if (counts.size > 1) throw invalid(`the columns of "${form}" are of one length; found ${[...counts].join(" and ")}`);
  return Array.from({ length: count }, (_, row) =>
    rowOf(predictor, Object.fromEntries(columns.map(([name, values]) => [name, values[row]]))),
  );
}

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const flags: Readonly<Record<string, boolean | undefined>> = { true: true, false: false, "1": true, "0": false };

function csvRows(predictor: Predictor, bytes: Buffer): readonly Row[] {
  if (!isUtf8(bytes)) throw new TenonError("body.unreadable", "the CSV is not UTF-8");
  const [header, ...records] = csvRecords(bytes);
  if (header === undefined) throw invalid("the CSV has no header");
  const names = header.map((name) => name ?? "");
  const columns = names.map((name) => predictor.model.spine.columns.find((column) => column.name === name));
  return records.map((fields, row) => {
    if (fields.length !== names.length)
      throw invalid(`line ${row + 2} of the CSV has ${fields.length} fields; its header has ${names.length}`);
    return Object.fromEntries(fields.map((field, i) => [names[i] ?? "", csvValue(columns[i], field)]));
  });
}

function csvRecords(bytes: Buffer): readonly (string | null)[][] {
  const endOf = csvEnd(",");
  const records: (string | null)[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = endOf(bytes, at);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.toString("utf8", at, end).replace(/\r?\n$/, "");
    at = end;
    if (line === "") continue;
    const fields = csvFields(line, ",");
    if (typeof fields === "string") throw invalid(`record ${records.length + 1} of the CSV: ${fields}`);
    records.push(fields);
    if (records.length > limit.itemsMax + 1)
      throw new TenonError("body.too-large", `one request takes ${limit.itemsMax} rows`);
  }
  return records;
}

/** A field as its column's JSON; what is none stays the text, which the column then refuses by its place. */
function csvValue(column: ColumnPlan | undefined, field: string | null): unknown {
  if (field === null || column === undefined) return field;
  if (column.type === "flag") return flags[field.toLowerCase()] ?? field;
  const isNumeric = column.type === "integer" || column.type === "decimal" || column.type === "real";
  const mayBeNumber = isNumeric || column.type === "time" || column.to?.keyType === "integer";
  return mayBeNumber && numberPattern.test(field) ? Number(field) : field;
}
