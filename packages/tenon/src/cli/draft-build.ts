import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Build } from "../plan/build.ts";
import { checkedBuild } from "../run/checked-build.ts";

/**
 * Builds a configuration for as long as `use` takes: for commands that ask what it says, and change nothing.
 * @throws config.missing, config.unreadable, config.invalid
 */
export async function withDraftBuild<T>(configFile: string, use: (build: Build) => T | Promise<T>): Promise<T> {
  const outDir = await mkdtemp(join(tmpdir(), "tenon-draft-"));
  try {
    return await use((await checkedBuild({ configFile, outDir })).build);
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}
