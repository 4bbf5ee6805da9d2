import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTable, sliceTable, type TrainingTable } from "./training-table.ts";

const table = (change: Partial<TrainingTable> = {}): TrainingTable => ({
  rowCount: 2,
  columns: [
    { name: "spend", kind: "number", values: Float64Array.of(1, Number.NaN) },
    { name: "plan", kind: "category", values: Float64Array.of(Number.NaN, 1), categories: ["free", "paid"] },
  ],
  target: Float64Array.of(0, 1),
  ...change,
});

const number = (...values: number[]): TrainingTable["columns"] => [
  { name: "spend", kind: "number", values: Float64Array.from(values) },
];

test("a whole table with missing values passes", () => {
  assert.doesNotThrow(() => checkTable(table()));
});

test("a table without rows or columns says that it is empty", () => {
  assert.throws(() => checkTable(table({ columns: [] })), { code: "dataset.empty" });
  assert.throws(() => checkTable(table({ rowCount: 0 })), { code: "dataset.empty" });
});

test("what cannot be learned from is refused with its column and row", () => {
  assert.throws(() => checkTable(table({ columns: number(1) })), /Column spend has 1 values, the table has 2 rows/);
  assert.throws(() => checkTable(table({ columns: number(1, Infinity) })), /Column spend holds Infinity in row 1/);
  assert.throws(() => checkTable(table({ target: Float64Array.of(0, Number.NaN) })), /target of row 1 is NaN/);
  assert.throws(() => checkTable(table({ target: Float64Array.of(0) })), /target has 1 values/);
  assert.throws(() => checkTable(table({ weight: Float64Array.of(1, 0) })), /weight of row 1 is 0/);
  const codes: TrainingTable["columns"] = [
    { name: "plan", kind: "category", values: Float64Array.of(0, 2), categories: ["a", "b"] },
  ];
  assert.throws(() => checkTable(table({ columns: codes })), /Column plan holds 2 in row 1, a code from 0 to 1/);
});

test("a slice shares its table's memory", () => {
  const whole = table();
  const slice = sliceTable(whole, 1, 2);
  assert.equal(slice.rowCount, 1);
  assert.equal(slice.columns[0]!.values.buffer, whole.columns[0]!.values.buffer);
  assert.deepEqual([...slice.target], [1]);
});
