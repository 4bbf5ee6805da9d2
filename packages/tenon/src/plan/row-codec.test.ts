import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteWriter } from "../base/bytes.ts";
import type { ColumnPlan } from "./plan.ts";
import { payloadSchema, presentValue, RowDecoder, RowEncoder } from "./row-codec.ts";

const column = (name: string, type: ColumnPlan["type"], more: Partial<ColumnPlan> = {}): ColumnPlan => ({
  name,
  type,
  nullable: true,
  personal: false,
  scale: 0,
  values: [],
  to: undefined,
  ...more,
});

const columns = [
  column("text", "text"),
  column("whole", "integer"),
  column("price", "decimal", { scale: 2 }),
  column("real", "real"),
  column("flag", "flag"),
  column("when", "time"),
  column("tier", "oneOf", { values: ["free", "pro"] }),
  column("who", "ref", { to: { kind: "entity", name: "who", keyType: "text" } }),
  column("nr", "ref", { to: { kind: "entity", name: "nr", keyType: "integer" } }),
];
const row = ["größe 🦉", -(2 ** 53) + 1, 1234, -0.1, true, 1_700_000_000_000, "pro", "a".repeat(300), 7];

const bytes = (values: readonly (string | number | boolean | null)[]): Uint8Array => {
  const writer = new ByteWriter(16);
  new RowEncoder(columns, 70_000).encode(values, writer);
  return writer.finish();
};

test("a row of every type comes back as it was written, nulls too, with its schema", () => {
  const nulls = row.map(() => null);
  for (const values of [row, nulls, row.map((value, i) => (i % 2 === 0 ? null : value))]) {
    assert.deepEqual(new RowDecoder(columns, columns).decode(bytes(values)), values);
    assert.equal(payloadSchema(bytes(values)), 70_000);
  }
});

test("a column that was added since reads null, one that is gone is passed over", () => {
  const wanted = [columns[8]!, column("new", "text"), columns[0]!];
  assert.deepEqual(new RowDecoder(columns, wanted).decode(bytes(row)), [7, null, "größe 🦉"]);
});

test("users meet decimals unscaled and times as dates", () => {
  assert.equal(presentValue(columns[2]!, 1234), 12.34);
  assert.deepEqual(presentValue(columns[5]!, 0), new Date(0));
});
