/** A source of uniform numbers in [0, 1). Below `run.ts` randomness is always an argument. */
export type Random = () => number;

/**
 * A seeded source: the same seed gives the same numbers on every machine.
 * @source Mulberry32, Tommy Ettinger, public domain: a 32-bit state with a full period
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number in [0, bound). */
export const randomBelow = (random: Random, bound: number): number => Math.floor(random() * bound);
