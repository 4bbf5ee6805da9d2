import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { silentLogger } from "../base/log.ts";
import { kinds } from "../drivers/lmdb/online-keys.ts";
import { openOnline } from "../drivers/lmdb/open-online.ts";
import { lockDirectory } from "../drivers/sqlite/directory-lock.ts";
import type { Places } from "../run/places.ts";
import { startTenon } from "../run.ts";
import type { Progress } from "./progress.ts";

const pollMs = 200;

export interface Rebuilt {
  readonly entries: number;
  /** Keys with features, in the store before and in the new one; null where the old one was not readable. */
  readonly keysBefore: number | null;
  readonly keysAfter: number;
  /** Where the old store is kept when the new one has fewer keys. */
  readonly kept: string | null;
}

/**
 * Makes the online store anew from the log. Killed half-way, the next start goes on with it.
 * @throws data.locked where something runs
 */
export async function rebuildOnline(places: Places, told: Progress): Promise<Rebuilt> {
  const onlineDir = join(places.dataDir, "online");
  const oldDir = join(places.dataDir, "online.before-rebuild");
  const lock = lockDirectory(places.dataDir);
  try {
    if (existsSync(onlineDir)) {
      await rm(oldDir, { recursive: true, force: true });
      await rename(onlineDir, oldDir);
    }
  } finally {
    lock.release();
  }
  const entries = await applyAll(places, told);
  const keysBefore = await countKeys(oldDir).catch(() => null);
  const keysAfter = await countKeys(onlineDir);
  const isFewer = keysBefore !== null && keysAfter < keysBefore;
  if (!isFewer) await rm(oldDir, { recursive: true, force: true });
  return { entries, keysBefore, keysAfter, kept: isFewer ? oldDir : null };
}

async function applyAll(places: Places, told: Progress): Promise<number> {
  const running = await startTenon({ ...places, logger: silentLogger, build: "served" });
  try {
    const { applier, log } = running.tenon;
    const target = log.lastSeq;
    while (applier.appliedSeq < target || Object.keys(applier.filling).length > 0) {
      const slowest = Math.min(applier.appliedSeq, ...Object.values(applier.filling));
      told(Math.min(0.99, slowest / Math.max(1, target)), `${slowest} of ${target} entries`);
      await wait(pollMs);
    }
    told(1, `${target} entries`);
    return target;
  } finally {
    await running.close();
  }
}

/** Keys that have features in a store: its heads. */
async function countKeys(dir: string): Promise<number> {
  if (!existsSync(dir)) return 0;
  const database = openOnline(dir);
  try {
    let count = 0;
    for (const key of database.getKeys())
      if (Buffer.isBuffer(key) && key.length >= 17 && key[12] === kinds.head && key.readUInt32BE(0) !== 0xffffffff)
        count++;
    return count;
  } finally {
    await database.close();
  }
}
