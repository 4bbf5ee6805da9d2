import type { TrainingTable } from "../training-table.ts";

/** The seed of the published figures. */
const syntheticSeed = 20_260_101;
const columnCount = 28;
/** Counters that one row takes. */
const countersPerRow = 32;

/**
 * SplitMix64's output function over 32-bit halves: the number in [0, 1) of counter `k`.
 * @source Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014
 */
function createUniform(seed: number): (k: number) => number {
  let high = 0;
  let low = 0;
  const multiply = (factorHigh: number, factorLow: number): void => {
    const lowProduct = mul32(low, factorLow);
    high = (lowProduct.high + Math.imul(low, factorHigh) + Math.imul(high, factorLow)) >>> 0;
    low = lowProduct.low;
  };
  const foldRight = (shift: number): void => {
    const foldedLow = (low ^ ((low >>> shift) | (high << (32 - shift)))) >>> 0;
    high = (high ^ (high >>> shift)) >>> 0;
    low = foldedLow;
  };
  return (k) => {
    // state = seed + (k + 1) * 0x9E3779B97F4A7C15 modulo 2^64
    const step = k + 1;
    high = Math.floor(step / 2 ** 32) >>> 0;
    low = step >>> 0;
    multiply(0x9e3779b9, 0x7f4a7c15);
    const sum = low + (seed >>> 0);
    low = sum >>> 0;
    high = (high + Math.floor(seed / 2 ** 32) + (sum > 0xffffffff ? 1 : 0)) >>> 0;
    foldRight(30);
    multiply(0xbf58476d, 0x1ce4e5b9);
    foldRight(27);
    multiply(0x94d049bb, 0x133111eb);
    foldRight(31);
    return (high * 2 ** 21 + (low >>> 11)) * 2 ** -53;
  };
}

const product = { high: 0, low: 0 };

/** The 64-bit product of two 32-bit numbers. */
function mul32(a: number, b: number): { high: number; low: number } {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  product.high = (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) >>> 0;
  product.low = (((cross & 0xffff) << 16) | (low & 0xffff)) >>> 0;
  return product;
}

/**
 * Made-up data like that of a physics benchmark: 28 number columns and a binary target that depends on products and steps
 * of some. Every number is defined to the bit by counters, so that any program in any language makes the same rows.
 */
export function syntheticTable(rowCount: number, firstRow = 0): TrainingTable {
  const uniform = createUniform(syntheticSeed);
  const values = Array.from({ length: columnCount }, () => new Float64Array(rowCount));
  const target = new Float64Array(rowCount);
  const x = new Float64Array(columnCount);
  const c = new Float64Array(columnCount);
  for (let row = 0; row < rowCount; row++) {
    const counter = countersPerRow * (firstRow + row);
    for (let j = 0; j < columnCount; j++) x[j] = uniform(counter + j);
    for (let j = 0; j < 14; j++) c[j] = (x[j]! + x[j + 14]! - 1) * (1 + (j % 3));
    for (let j = 14; j < 21; j++) c[j] = x[j]! * x[j]! * 10;
    for (let j = 21; j < 28; j++) c[j] = c[j - 21]! * c[j - 20]! + 0.5 * (x[j]! - 0.5);
    for (let j = 0; j < columnCount; j++) values[j]![row] = c[j]!;
    target[row] = uniform(counter + 28) < 1 / (1 + Math.exp(-syntheticScore(c))) ? 1 : 0;
  }
  return { rowCount, columns: values.map((column, j) => ({ name: `c_${j}`, kind: "number", values: column })), target };
}

function syntheticScore(c: Float64Array): number {
  const corner = c[0]! > 0 && c[3]! > 0.3 ? 0.8 : 0;
  const outside = c[7]! * c[7]! > 1 ? 0.7 : 0;
  return 0.8 * c[21]! - 0.6 * c[23]! + 0.5 * c[25]! + 0.25 * (c[14]! - 3) + corner - outside + 0.4 * c[10]! - 0.2;
}
