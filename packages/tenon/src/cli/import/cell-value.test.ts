import assert from "node:assert/strict";
import { test } from "node:test";
import { TenonError } from "../../base/error.ts";
import { type TimeReading, textValue } from "./cell-value.ts";

type Type = Parameters<typeof textValue>[1]["type"];
const read = (type: Type, text: string, times: Partial<TimeReading> = {}): unknown => {
  const value = textValue(text, { type, isWholeKey: false }, { unit: undefined, isUtc: false, ...times });
  return value instanceof TenonError ? value.code : value;
};

test("numbers are read exactly, and refused where they would be rounded", () => {
  assert.equal(read("integer", "9007199254740991"), 9_007_199_254_740_991);
  assert.equal(read("integer", "9007199254740993"), "field.range");
  assert.equal(read("integer", "12.0"), 12);
  assert.equal(read("integer", "12.5"), "field.type");
  assert.equal(read("decimal", "12.50"), 12.5);
  assert.equal(read("decimal", "90071992547409.93"), "field.range");
  assert.equal(read("real", "0.30000000000000004"), 0.1 + 0.2);
  assert.equal(read("real", "0.1000000000000000055"), 0.1);
  assert.equal(read("real", "9007199254740993"), "field.range");
  assert.equal(read("decimal", "0.1000000000000000055"), "field.range");
  assert.equal(read("decimal", "-0012345678901.50"), -12_345_678_901.5);
  assert.equal(read("decimal", "9007199254740993"), "field.range");
  assert.equal(read("decimal", "9007199254740993.00"), "field.range");
  assert.equal(read("real", "1e-07"), 1e-7);
  assert.equal(read("real", `1${"0".repeat(400)}`), "field.range");
  assert.equal(read("real", "nan"), "field.type");
  assert.equal(read("real", "0x10"), "field.type");
});

test("a time is ISO, or a number whose unit is said", () => {
  const noon = Date.UTC(2025, 0, 31, 12);
  assert.equal(read("time", "2025-01-31T12:00:00Z"), noon);
  assert.equal(read("time", "2025-01-31 13:00:00+01"), noon);
  assert.equal(read("time", "2025-01-31 12:00:00"), "field.type");
  assert.equal(read("time", "2025-01-31 12:00", { isUtc: true }), noon);
  assert.equal(read("time", "2025-01-31", { isUtc: true }), noon - 12 * 3_600_000);
  assert.equal(read("time", String(noon)), "field.type");
  assert.equal(read("time", String(noon), { unit: "ms" }), noon);
  assert.equal(read("time", `${noon / 1000}.25`, { unit: "s" }), noon + 250);
  assert.equal(read("time", String(noon), { unit: "s" }), "field.range");
});

test("flags are true and false in the ways that databases write them", () => {
  assert.deepEqual(
    ["true", "F", "1", "0", "yes"].map((text) => read("flag", text)),
    [true, false, true, false, "field.type"],
  );
});
