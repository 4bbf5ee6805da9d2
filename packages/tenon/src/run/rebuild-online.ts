import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { silentLogger } from "../base/log.ts";
import { lockDirectory } from "../drivers/sqlite/directory-lock.ts";
import { startTenon } from "../run.ts";
import type { Places } from "./places.ts";

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
export async function rebuildOnline(places: Places, told: (done: number, detail: string) => void): Promise<Rebuilt> {
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
  const { entries, laneIds } = await applyAll(places, told);
  // What no definition needs any more is in the old store alone, and is no loss.
  const keysBefore = await countKeys(oldDir, laneIds).catch(() => null);
  const keysAfter = await countKeys(onlineDir, laneIds);
  const isFewer = keysBefore !== null && keysAfter < keysBefore;
  if (!isFewer) await rm(oldDir, { recursive: true, force: true });
  return { entries, keysBefore, keysAfter, kept: isFewer ? oldDir : null };
}

interface Applied {
  readonly entries: number;
  readonly laneIds: ReadonlySet<string>;
}

async function applyAll(places: Places, told: (done: number, detail: string) => void): Promise<Applied> {
  const running = await startTenon({ ...places, logger: silentLogger, build: "served" });
  try {
    const { applier, log, build } = running.tenon;
    const target = log.lastSeq;
    while (applier.appliedSeq < target || Object.keys(applier.filling).length > 0) {
      const slowest = Math.min(applier.appliedSeq, ...Object.values(applier.filling));
      told(Math.min(0.99, slowest / Math.max(1, target)), `${slowest} of ${target} entries`);
      await wait(pollMs);
    }
    told(1, `${target} entries`);
    return { entries: target, laneIds: new Set(build.app.plan.lanes.map(({ id }) => id)) };
  } finally {
    await running.close();
  }
}

/** Keys that have features in these lanes of a store: counted in a child process, which a damaged file may kill. */
async function countKeys(dir: string, laneIds: ReadonlySet<string>): Promise<number> {
  if (!existsSync(dir)) return 0;
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const script = fileURLToPath(new URL(`./count-keys-process${extension}`, import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, dir, ...laneIds],
    { maxBuffer: 1_024 },
  );
  return Number(stdout);
}
