/** Bins of a category column: bin 0 is "other" (missing, rare or unseen), so 255 categories have a bin of their own. */
const namedBinsMax = 255;
/** A category below this many rows is "other", unless it is one of the two most frequent. */
const binRowsMin = 3;
/** Above the wanted number of bins, categories are added until they cover this share of the present rows. */
const coverage = 0.99;

/** The bins of one category column. */
export interface CategoryBins {
  /** The code of each bin; bin 0 has code -1. */
  readonly codeOfBin: Int32Array;
  /** The bin of each code; 0 for the codes without a bin. */
  readonly binOfCode: Uint8Array;
}

/** Bins for the codes of one column, the most frequent first. A code that gets no bin falls to "other". */
export function categoryBins(values: Float64Array, rowCount: number, binsWanted: number): CategoryBins {
  let codes = 0;
  let present = 0;
  for (let row = 0; row < rowCount; row++) {
    const code = values[row]!;
    if (Number.isNaN(code)) continue;
    present++;
    if (code >= codes) codes = code + 1;
  }
  const counts = new Int32Array(codes);
  for (let row = 0; row < rowCount; row++) if (values[row]! >= 0) counts[values[row]!]!++;
  const byCount = Array.from(counts.keys()).filter((code) => counts[code]! > 0);
  byCount.sort((a, b) => counts[b]! - counts[a]! || a - b);
  const enough = Math.round(present * coverage);
  const wanted = Math.min(byCount.length + (present < rowCount ? 1 : 0), binsWanted);
  const codeOfBin = [-1];
  let covered = 0;
  for (const [rank, code] of byCount.entries()) {
    if (covered >= enough && codeOfBin.length >= wanted) break;
    if (codeOfBin.length > namedBinsMax || (counts[code]! < binRowsMin && rank > 1)) break;
    codeOfBin.push(code);
    covered += counts[code]!;
  }
  const binOfCode = new Uint8Array(codes);
  for (let bin = 1; bin < codeOfBin.length; bin++) binOfCode[codeOfBin[bin]!] = bin;
  return { codeOfBin: Int32Array.from(codeOfBin), binOfCode };
}
