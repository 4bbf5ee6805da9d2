import { randomBelow, seededRandom } from "../../base/random.ts";
import { categoryBins } from "./category-bins.ts";
import { numberBins } from "./number-bins.ts";
import { sortNumbers } from "./sort-numbers.ts";
import { createTrainingMemory, type TrainingMemory } from "./training-memory.ts";
import type { TrainingColumn, TrainingTable } from "./training-table.ts";

/** Rows that the bounds of number bins are taken from, at most; more would move a bound by less than a bin. */
const sampleRowsMax = 200_000;

/** Columns whose bins share one 32-bit word of a row. */
export const lanesPerWord = 4;

/** How one column was cut, and where its cells lie in a histogram. */
export interface BinnedColumn {
  /** Its position in the training table. */
  readonly index: number;
  readonly kind: "number" | "category";
  /** Histogram cells. A number column's bins come first and its missing bin, if any row lacks the value, last. */
  readonly binCount: number;
  /** Of a number column: whether training rows lack the value, so that a split learns where such rows go. */
  readonly learnsMissing: boolean;
  /** Of a number column: the upper bound of each bin but the missing one. */
  readonly bounds: Float64Array;
  /** Of a category column: the code of each bin, -1 for bin 0, which is "other". */
  readonly codeOfBin: Int32Array;
  /** Where its gradient and Hessian pairs begin in a histogram, in doubles. */
  readonly offset: number;
}

/**
 * A table as bins of one byte. Four columns share a word, and the words of one group of columns lie together:
 * `packed[group * rowCount + row]` holds the bins of columns 4 * group to 4 * group + 3, lowest byte first.
 * Columns that cannot be split, because they have one bin only, are left out.
 */
export interface BinnedTable {
  readonly rowCount: number;
  readonly columns: readonly BinnedColumn[];
  readonly packed: Uint32Array;
  /** Holds `packed`, and room to grow trees of so many leaves as was asked for. */
  readonly memory: TrainingMemory;
  /** Doubles of one histogram. */
  readonly histogramLength: number;
  /** Where the cells lie that take the lanes of a word which no column uses, in doubles. */
  readonly spareOffset: number;
}

/** Cuts every column by its first `trainRows` rows, packs the bins of all rows, and takes the memory for the training. */
export function binTable(
  table: TrainingTable,
  o: { trainRows: number; bins: number; seed: number; leaves: number },
): BinnedTable {
  const { rowCount } = table;
  const sample = sampleRows(o.trainRows, o.seed);
  const columns: BinnedColumn[] = [];
  let offset = 0;
  const bytes = new Uint8Array(rowCount);
  const groups: Uint32Array[] = [];
  for (const [index, column] of table.columns.entries()) {
    const { column: cut, fill } = column.kind === "number" ? cutNumbers(column, sample, o) : cutCategories(column, o);
    if (cut.binCount < 2) continue;
    const lane = columns.length % lanesPerWord;
    if (lane === 0) groups.push(new Uint32Array(rowCount));
    columns.push({ ...cut, index, kind: column.kind, offset });
    offset += cut.binCount * 2;
    fill(bytes);
    addLane(groups.at(-1)!, bytes, lane * 8);
  }
  const histogramLength = offset + lanesPerWord * 2;
  const memory = createTrainingMemory({
    words: groups.length * rowCount,
    rows: o.trainRows,
    cells: histogramLength * o.leaves,
  });
  for (const [group, words] of groups.entries()) memory.packed.set(words, group * rowCount);
  return { rowCount, columns, packed: memory.packed, memory, spareOffset: offset, histogramLength };
}

interface Cut {
  readonly column: Omit<BinnedColumn, "index" | "kind" | "offset">;
  /** Writes the bin of every row. */
  readonly fill: (bytes: Uint8Array) => void;
}

function cutNumbers(
  { values }: TrainingColumn,
  sample: Int32Array | undefined,
  o: { trainRows: number; bins: number },
): Cut {
  const firstMissing = values.findIndex(Number.isNaN);
  const drawn = sample?.length ?? o.trainRows;
  const present = new Float64Array(drawn);
  let count = 0;
  for (let i = 0; i < drawn; i++) {
    const value = values[sample === undefined ? i : sample[i]!]!;
    if (!Number.isNaN(value)) present[count++] = value;
  }
  const bounds = numberBins(sortNumbers(present.subarray(0, count)), firstMissing >= 0 ? o.bins - 1 : o.bins);
  return {
    column: {
      binCount: bounds.length + (firstMissing >= 0 ? 1 : 0),
      learnsMissing: firstMissing >= 0 && firstMissing < o.trainRows,
      bounds,
      codeOfBin: new Int32Array(0),
    },
    fill: (bytes) => fillNumbers(values, bounds, bytes),
  };
}

function cutCategories({ values }: TrainingColumn, o: { trainRows: number; bins: number }): Cut {
  const { codeOfBin, binOfCode } = categoryBins(values, o.trainRows, o.bins);
  return {
    column: { binCount: codeOfBin.length, learnsMissing: false, bounds: new Float64Array(0), codeOfBin },
    fill: (bytes) => {
      for (let row = 0; row < bytes.length; row++) {
        const code = values[row]!;
        bytes[row] = code < binOfCode.length ? binOfCode[code]! : 0;
      }
    },
  };
}

/** Cells that the range of the bounds is cut into; most hold no bound, so that their values need no search. */
const cellCount = 4_096;

/** Finds each value's bin: its cell says which bins are possible, and halving finds the one. */
function fillNumbers(values: Float64Array, bounds: Float64Array, bytes: Uint8Array): void {
  const last = bounds.length - 1;
  const low = bounds[0]!;
  const scale = last > 1 ? cellCount / (bounds[last - 1]! - low) : 0;
  // Rounding keeps the order: a bound in a lower cell than a value's is below the value.
  const cellOf = (value: number): number => Math.max(0, Math.min(cellCount - 1, Math.floor((value - low) * scale))) | 0;
  const binsBelow = new Uint8Array(cellCount + 1);
  for (let bin = 0; bin < last; bin++) binsBelow[cellOf(bounds[bin]!) + 1]!++;
  for (let cell = 0; cell < cellCount; cell++) binsBelow[cell + 1]! += binsBelow[cell]!;
  for (let row = 0; row < bytes.length; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) {
      bytes[row] = bounds.length;
      continue;
    }
    const cell = cellOf(value);
    let bin = binsBelow[cell]!;
    let high = binsBelow[cell + 1]!;
    while (bin < high) {
      const middle = (bin + high) >>> 1;
      if (value <= bounds[middle]!) high = middle;
      else bin = middle + 1;
    }
    bytes[row] = bin;
  }
}

function addLane(words: Uint32Array, bytes: Uint8Array, shift: number): void {
  for (let row = 0; row < words.length; row++) words[row]! |= bytes[row]! << shift;
}

/** Rows to take bounds from, in order; undefined when all of them are few enough. */
function sampleRows(rowCount: number, seed: number): Int32Array | undefined {
  if (rowCount <= sampleRowsMax) return undefined;
  const random = seededRandom(seed);
  const rows = new Int32Array(sampleRowsMax);
  // Selection sampling keeps the order: each row is taken with the chance that fills the rest evenly.
  for (let row = 0, taken = 0; taken < sampleRowsMax; row++) {
    if (randomBelow(random, rowCount - row) < sampleRowsMax - taken) rows[taken++] = row;
  }
  return rows;
}

/** The bin of a row in the column at `lane` of the binned columns. */
export const binAt = ({ packed, rowCount }: BinnedTable, lane: number, row: number): number =>
  (packed[Math.floor(lane / lanesPerWord) * rowCount + row]! >>> ((lane % lanesPerWord) * 8)) & 255;
