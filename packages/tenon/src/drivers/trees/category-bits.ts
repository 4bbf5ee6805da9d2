/** Codes of categories are below this: a set takes a bit for each. */
export const categoryBitsMax = 1_048_576;

/** A set of codes as words of 32 bits. */
export function categoryBits(codes: readonly number[]): Uint32Array {
  const greatest = codes.reduce((most, code) => Math.max(most, code), -1);
  const words = new Uint32Array(Math.floor(greatest / 32) + 1);
  for (const code of codes) words[code >>> 5]! |= 1 << (code & 31);
  return words;
}
