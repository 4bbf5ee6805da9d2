const firstMs = 100;
const longestMs = 5_000;

/**
 * How long to wait before an attempt (1 is the first retry): twice as long each time, half of it by chance, so that
 * clients that failed together do not come back together.
 */
export const backoffMs = (attempt: number, random: () => number): number =>
  Math.min(longestMs, firstMs * 2 ** (attempt - 1)) * (0.5 + random() / 2);
