/** Answers of a poisoned clock: far from each other and from now. */
const poisonMs = (call: number): number => Date.UTC(2031, 4, 17, 3, 7) + call * 37 * 3_600_013;

/** Two zones, 25 hours apart: their hours and days differ at any time. */
const zones = ["Etc/GMT+11", "Etc/GMT-14"] as const;

/** Near 0 in one run and near 1 in the other, so that a comparison with any bound falls out differently. */
const poisonShare = (run: 0 | 1, call: number): number =>
  run === 0 ? (call * 0.0137) % 0.1 : 1 - ((call * 0.0137) % 0.1);

/**
 * Runs a step with the machine's clock, time zone and random numbers answering differently at every call, and puts all
 * back. The step is synchronous: nothing else runs meanwhile.
 */
export function withPoison<T>(run: 0 | 1, step: () => T): T {
  let calls = 1 + run * 1_000;
  const next = (): number => ++calls;
  const { TZ } = process.env;
  const restores = [
    replace(globalThis, "Date", poisonedDate(globalThis.Date, next)),
    replace(Math, "random", () => poisonShare(run, next())),
    replace(performance, "now", () => poisonMs(next())),
    replace(crypto, "randomUUID", () => `00000000-0000-4000-8000-${String(next()).padStart(12, "0")}`),
    replace(crypto, "getRandomValues", <A extends Uint8Array>(array: A): A => {
      for (const index of array.keys()) array[index] = next() % 251;
      return array;
    }),
  ];
  process.env.TZ = zones[run];
  try {
    return step();
  } finally {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
    for (const restore of restores) restore();
  }
}

function poisonedDate(real: DateConstructor, next: () => number): DateConstructor {
  const now = (): number => poisonMs(next());
  return new Proxy(real, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: (target) => new target(now()).toString(),
    get: (target, key, receiver) => (key === "now" ? now : Reflect.get(target, key, receiver)),
  });
}

/** Puts a value in a property's place; answers what puts the property back as it was, own or inherited. */
function replace(target: object, key: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, { value, configurable: true, writable: true, enumerable: false });
  return () => {
    if (before === undefined) Reflect.deleteProperty(target, key);
    else Object.defineProperty(target, key, before);
  };
}
