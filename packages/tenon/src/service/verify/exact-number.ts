const bits = new DataView(new ArrayBuffer(8));
const fractionBits = 52;
const exponentBias = 1_075;
/** More than a double holds, so that the last bit can say whether anything was cut off below. */
const keptBits = 64;

/** A double as a whole number times a power of two. */
function partsOf(value: number): { readonly whole: bigint; readonly exponent: number } {
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const fraction = raw & ((1n << 52n) - 1n);
  const exponent = Number((raw >> BigInt(fractionBits)) & 0x7ffn);
  const magnitude = exponent === 0 ? fraction : fraction | (1n << 52n);
  return { whole: value < 0 ? -magnitude : magnitude, exponent: Math.max(exponent, 1) - exponentBias };
}

/** Doubles as whole numbers of one unit, a power of two. */
function unitsOf(values: readonly number[]): { readonly wholes: readonly bigint[]; readonly exponent: number } {
  const parts = values.filter((value) => value !== 0).map(partsOf);
  const exponent = Math.min(0, ...parts.map((part) => part.exponent));
  return { wholes: parts.map((part) => part.whole << BigInt(part.exponent - exponent)), exponent };
}

/** The nearest double, ties to even. */
function rounded(whole: bigint, exponent: number): number {
  const magnitude = whole < 0n ? -whole : whole;
  const cut = Math.max(0, magnitude.toString(2).length - keptBits);
  const kept = magnitude >> BigInt(cut);
  const sticky = kept << BigInt(cut) === magnitude ? kept : kept | 1n;
  const power = exponent + cut;
  // In two steps: one power of two alone may lie outside of a double's range.
  const half = Math.trunc(power / 2);
  const value = Number(sticky) * 2 ** half * 2 ** (power - half);
  return whole < 0n ? -value : value;
}

/** The exact sum, rounded once. */
export function exactSum(values: readonly number[]): number {
  const { wholes, exponent } = unitsOf(values);
  return rounded(
    wholes.reduce((sum, whole) => sum + whole, 0n),
    exponent,
  );
}

/** The sample variance of two values or more, from whole numbers: rounded before and by the division alone. */
export function exactVariance(values: readonly number[]): number {
  const { wholes, exponent } = unitsOf(values);
  const sum = wholes.reduce((total, whole) => total + whole, 0n);
  const squares = wholes.reduce((total, whole) => total + whole * whole, 0n);
  const spread = rounded(BigInt(values.length) * squares - sum * sum, 2 * exponent);
  return spread / (values.length * (values.length - 1));
}
