/** What the load client asks for, by the name of a bench's case: the i-th body. */
const features = (count: number): string[] => Array.from({ length: count }, (_, i) => `wide:c${i}`);
const accountsFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `a${(first + i) % 500}`);

export const wideColumns = 250;

const bodies = {
  predict: (i: number): object => ({ account: `a${i % 500}`, cents: i % 5_000, fee: 0.25 }),
  features: (i: number): object => ({ keys: [{ account: `a${i % 500}` }] }),
  "feast-1x50": (i: number): object => ({ features: features(50), entities: { account: accountsFrom(i, 1) } }),
  "feast-1x250": (i: number): object => ({
    features: features(wideColumns),
    entities: { account: accountsFrom(i, 1) },
  }),
  "feast-100x250": (i: number): object => ({
    features: features(wideColumns),
    entities: { account: accountsFrom(i, 100) },
  }),
} as const;

export type BodyKind = keyof typeof bodies;
export const isBodyKind = (name: string): name is BodyKind => Object.hasOwn(bodies, name);
export const bodyOf = (kind: BodyKind, i: number): object => bodies[kind](i);
