const doubleView = new Float64Array(1);
const bitsView = new BigInt64Array(doubleView.buffer);

/** The least double above a number; Infinity of Infinity. */
export function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  if (value === Number.POSITIVE_INFINITY) return value;
  doubleView[0] = value;
  bitsView[0] = bitsView[0]! + (value > 0 ? 1n : -1n);
  return doubleView[0]!;
}

/** The greatest double below a number; -Infinity of -Infinity. */
export const nextBelow = (value: number): number => -nextAbove(-value);
