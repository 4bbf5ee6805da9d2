import { rowStride, rowTime } from "../../engine/window/lane-layout.ts";
import type { SweptLane } from "../../ports/online-store.ts";
import { headNumbers, numbersOf } from "./lane-record.ts";
import { kinds, laneStart, parseKey } from "./online-keys.ts";
import type { OnlineDatabase } from "./open-online.ts";

/** A key whose rows no window of now can reach. */
export interface StaleKey {
  readonly tenant: number;
  readonly laneId: string;
  readonly key: string;
  readonly pages: number;
}

/** Walks over the heads of all lanes, some at a time, and finds keys that nothing has touched for too long. */
export class KeySweep {
  readonly #database: OnlineDatabase;
  #from: Buffer | undefined;

  constructor(database: OnlineDatabase) {
    this.#database = database;
  }

  /** Stale ones among the next `keysMax` keys; `done` at the end of the store, where the next call begins anew. */
  next(
    lanes: ReadonlyMap<string, SweptLane>,
    keysMax: number,
  ): { readonly stale: readonly StaleKey[]; readonly done: boolean } {
    const stale: StaleKey[] = [];
    for (let seen = 0; seen < keysMax; ) {
      const read = this.#database.getKeys(
        this.#from === undefined ? { limit: keysMax - seen } : { start: this.#from, limit: keysMax - seen },
      );
      const keys = [...read].map((key) => Buffer.from(key));
      if (keys.length === 0) {
        this.#from = undefined;
        return { stale, done: true };
      }
      for (const key of keys) {
        seen++;
        this.#from = Buffer.concat([key, zero]);
        const parsed = parseKey(key);
        const lane = parsed?.kind === kinds.head ? lanes.get(parsed.laneId) : undefined;
        if (parsed === undefined || lane === undefined) {
          // Pages and dictionaries, and lanes that are kept for ever, are passed over whole.
          if (parsed === undefined) continue;
          this.#from = laneStart(parsed.tenant, parsed.laneId, afterKinds);
          break;
        }
        const found = this.#staleHead(key, lane);
        if (found !== undefined) stale.push({ ...parsed, pages: found });
      }
    }
    return { stale, done: false };
  }

  /** How many pages the key has had, where its newest row lies before what is kept. */
  #staleHead(key: Buffer, { layout, keepFromMs }: SweptLane): number | undefined {
    const bytes = this.#database.getBinary(key);
    if (bytes === undefined) return undefined;
    const numbers = numbersOf(bytes);
    const newestRow = numbers.length - rowStride(layout);
    const newest = Math.max(
      numbers[1],
      newestRow < headNumbers ? Number.NEGATIVE_INFINITY : numbers[newestRow + rowTime],
    );
    return newest < keepFromMs ? numbers[0] : undefined;
  }
}

const zero = Buffer.from([0]);
const afterKinds = 0xff;
