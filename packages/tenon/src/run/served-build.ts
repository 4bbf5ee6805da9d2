import { existsSync } from "node:fs";
import { join } from "node:path";
import { lockDirectory } from "../drivers/sqlite/directory-lock.ts";
import { MetadataDatabase } from "../drivers/sqlite/metadata-database.ts";
import { SqliteMetadataStore } from "../drivers/sqlite/metadata-store.ts";
import { type Build, readBuild } from "../plan/build.ts";
import type { MetadataStore } from "../ports/metadata-store.ts";

const setting = "build";

export const buildsDirOf = (dataDir: string): string => join(dataDir, "builds");

/** Remembers which build serves, for `tenon plan` and for commands that go on with it. */
export const saveServedBuild = (metadata: MetadataStore, id: string): Promise<void> => metadata.setSetting(setting, id);

/**
 * The build that a directory served last, or undefined where there is none or it is gone; its owner asks.
 * @throws data.corrupt, data.newer
 */
export async function servedBuild(dataDir: string): Promise<Build | undefined> {
  const file = join(dataDir, "metadata.db");
  if (!existsSync(file)) return undefined;
  const database = new MetadataDatabase(file);
  try {
    const metadata = new SqliteMetadataStore((calls) => Promise.resolve(database.transact(calls)));
    const id = await metadata.setting(setting);
    const isThere = id !== undefined && existsSync(join(buildsDirOf(dataDir), id));
    return isThere ? await readBuild(buildsDirOf(dataDir), id) : undefined;
  } finally {
    database.close();
  }
}

/**
 * The same while nothing runs on the directory.
 * @throws data.locked where something does
 */
export async function servedBuildAlone(dataDir: string): Promise<Build | undefined> {
  if (!existsSync(dataDir)) return undefined;
  const lock = lockDirectory(dataDir);
  try {
    return await servedBuild(dataDir);
  } finally {
    lock.release();
  }
}
