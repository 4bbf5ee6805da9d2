import assert from "node:assert/strict";
import { test } from "node:test";
import { binTable } from "./binned-table.ts";
import { gatherPairs, partitionRows } from "./row-partition.ts";

const values = Float64Array.from({ length: 60 }, (_, row) => row % 3);
const table = binTable(
  {
    rowCount: 60,
    columns: [
      { name: "constant", kind: "number", values: new Float64Array(60) },
      { name: "x", kind: "number", values },
    ],
    target: new Float64Array(60),
  },
  { trainRows: 60, bins: 255, seed: 0, leaves: 2 },
);

test("rows are parted by the bin of a column, and keep their order on both sides", () => {
  const rows = Int32Array.of(50, 3, 7, 9, 20, 12, 1);
  const goesLeft = Uint8Array.of(1, 0, 0);
  const middle = partitionRows({ table, lane: 0, goesLeft, rows, begin: 1, end: 6, spare: new Int32Array(7) });
  assert.equal(middle, 4);
  assert.deepEqual([...rows], [50, 3, 9, 12, 7, 20, 1]);
});

test("derivatives are gathered in the order of the rows", () => {
  const to = new Float32Array(4);
  gatherPairs(Float32Array.of(1, 2, 3, 4, 5, 6), { rows: Int32Array.of(9, 2, 0), begin: 1, end: 3, to });
  assert.deepEqual([...to], [5, 6, 1, 2]);
});
