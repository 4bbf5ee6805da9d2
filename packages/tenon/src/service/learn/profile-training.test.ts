import assert from "node:assert/strict";
import { test } from "node:test";
import { limit } from "../../base/limit.ts";
import type { DatasetColumn } from "./dataset-columns.ts";
import { profileTraining } from "./profile-training.ts";

const cents: DatasetColumn = {
  name: "cents",
  kind: "number",
  values: Float64Array.of(1, 2, Number.NaN, 4, 1_000),
  categories: [],
  personal: false,
};
const country: DatasetColumn = {
  name: "country",
  kind: "category",
  values: Float64Array.of(0, 1, 0, Number.NaN, 1),
  categories: ["DE", "FR"],
  personal: false,
};

test("a profile is of the rows that were learnt from, nulls counted, and of no later one", () => {
  const { rows, columns } = profileTraining([cents, country], Int32Array.of(1, 1, 1, 1, 2), 4);
  assert.equal(rows, 4);
  assert.deepEqual(columns.cents, {
    kind: "number",
    rows: 4,
    nulls: 1,
    min: 1,
    max: 4,
    mean: 7 / 3,
    from: 1,
    bounds: [1, 2, 4],
    counts: [1, 1, 1],
    under: 0,
    over: 0,
  });
  assert.deepEqual(columns.country, {
    kind: "category",
    rows: 4,
    nulls: 1,
    top: [
      { value: "DE", count: 2 },
      { value: "FR", count: 1 },
    ],
    others: 0,
  });
});

test("texts of personal data are counted and not listed", () => {
  const { columns } = profileTraining([{ ...country, personal: true }], Int32Array.of(1, 1, 1, 1, 1), 4);
  assert.deepEqual(columns.country, { kind: "category", rows: 4, nulls: 1, top: [], others: 3 });
});

test("it names the tenant of its examples only where they are all of one", () => {
  assert.equal(profileTraining([cents], Int32Array.of(3, 3, 3, 3, 4), 4).tenant, 3);
  assert.equal(profileTraining([cents], Int32Array.of(3, 3, 4, 3, 3), 4).tenant, null);
});

test("of very many rows, evenly spaced ones are looked at", () => {
  const count = 3 * limit.profileRowsMax - 1;
  const values = Float64Array.from({ length: count }, (_, i) => i);
  const profile = profileTraining([{ ...cents, values }], new Int32Array(count), count);
  assert.equal(profile.rows, limit.profileRowsMax);
  const { cents: told } = profile.columns;
  assert.ok(told?.kind === "number" && told.max === count - 2 && told.min === 0);
});
