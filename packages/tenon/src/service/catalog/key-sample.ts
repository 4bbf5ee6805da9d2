import { setImmediate } from "node:timers/promises";
import { hash53 } from "../../base/hash.ts";
import { limit } from "../../base/limit.ts";
import type { OnlineCensus } from "../../ports/online-store.ts";
import type { Serving } from "../predict/serving.ts";

/** Keys that are looked at before requests have a turn. */
const keysPerTurn = 500;

/** What is sampled, as long as it serves: another build opens the store anew and closes this. */
export interface SampledStore {
  readonly serving: Serving;
  readonly census: OnlineCensus;
  readonly isOpen: () => boolean;
}

export interface KeySample {
  readonly keys: readonly string[];
  /** Different keys that were looked at. */
  readonly seen: number;
  /** All of the tenant's keys were. */
  readonly whole: boolean;
}

/**
 * Keys of a tenant among some lanes: those with the least hashes, which is a fair draw that lanes agree on, and the same
 * one again while keys stay. Undefined where the store was closed meanwhile.
 */
export async function sampleKeys(
  { census, isOpen }: Pick<SampledStore, "census" | "isOpen">,
  tenant: number,
  laneIds: readonly string[],
): Promise<KeySample | undefined> {
  const seen = new Set<number>();
  let least: { readonly hash: number; readonly key: string }[] = [];
  let whole = true;
  for (const laneId of laneIds) {
    for (let after: string | undefined; ; ) {
      if (seen.size >= limit.catalogScanMax) {
        whole = false;
        break;
      }
      census.begin();
      const keys = census.keysAfter(tenant, laneId, after, keysPerTurn);
      for (const key of keys) {
        const hash = hash53(key);
        if (!seen.has(hash)) least.push({ hash, key });
        seen.add(hash);
      }
      if (least.length > 2 * limit.catalogKeysMax) least = leastOf(least);
      if (keys.length < keysPerTurn) break;
      after = keys.at(-1);
      await setImmediate();
      if (!isOpen()) return undefined;
    }
  }
  return { keys: leastOf(least).map(({ key }) => key), seen: seen.size, whole };
}

const leastOf = <T extends { readonly hash: number }>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => a.hash - b.hash).slice(0, limit.catalogKeysMax);
