import { type BinnedTable, lanesPerWord } from "./binned-table.ts";

/** Which rows to part, and by what. */
export interface Partition {
  readonly table: BinnedTable;
  readonly lane: number;
  /** 1 for each bin of the column that goes left. */
  readonly goesLeft: Uint8Array;
  readonly rows: Int32Array;
  readonly begin: number;
  readonly end: number;
  /** At least `end - begin` long; written over. */
  readonly spare: Int32Array;
}

/** Moves the rows that go left before the others, both in their old order; returns where the others begin. */
export function partitionRows({ table, lane, goesLeft, rows, begin, end, spare }: Partition): number {
  const { packed } = table;
  const words = Math.floor(lane / lanesPerWord) * table.rowCount;
  const shift = (lane % lanesPerWord) * 8;
  let left = begin;
  let right = 0;
  // Both places are written and one of them moves on: nothing depends on a branch that cannot be foretold.
  for (let i = begin; i < end; i++) {
    const row = rows[i]!;
    const goes = goesLeft[(packed[words + row]! >>> shift) & 255]!;
    rows[left] = row;
    spare[right] = row;
    left += goes;
    right += 1 - goes;
  }
  rows.set(spare.subarray(0, right), left);
  return left;
}

/** Copies the derivatives of the rows `begin` to `end` into their order, so that four columns at a time read them in line. */
export function gatherPairs(
  pairs: Float32Array,
  o: { rows: Int32Array; begin: number; end: number; to: Float32Array },
): void {
  const { rows, begin, end, to } = o;
  for (let i = begin, pair = 0; i < end; i++, pair += 2) {
    const from = rows[i]! * 2;
    to[pair] = pairs[from]!;
    to[pair + 1] = pairs[from + 1]!;
  }
}
