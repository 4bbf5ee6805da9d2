import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import type { ParquetFile } from "../../ports/parquet.ts";
import type { SnapshotColumn, SnapshotStore, StoredManifest } from "../../ports/snapshot-store.ts";
import type { SnapshotManifest } from "../../ports/workers.ts";
import { syncDirectory } from "./sync-directory.ts";

/** Writes columns as one Parquet file, on disk when it answers: equal columns give an equal file. */
export type WriteParquet = (file: string, columns: readonly SnapshotColumn[]) => Promise<Pick<ParquetFile, "sha256">>;

/** Snapshots as `<id>.parquet` and `<id>.json` in one folder. */
export class FileSnapshotStore implements SnapshotStore {
  readonly #dir: string;
  readonly #writeParquet: WriteParquet;

  constructor(dir: string, writeParquet: WriteParquet) {
    this.#dir = dir;
    this.#writeParquet = writeParquet;
  }

  async write(columns: readonly SnapshotColumn[], manifest: SnapshotManifest): Promise<string> {
    await mkdir(this.#dir, { recursive: true });
    const draft = join(this.#dir, `${randomUUID()}.tmp`);
    try {
      const { sha256: parquetSha256 } = await this.#writeParquet(draft, columns);
      const text = canonicalJson({ ...manifest, parquetSha256 } satisfies StoredManifest);
      const id = sha256(text);
      await rename(draft, join(this.#dir, `${id}.parquet`));
      await writeFile(draft, text, { flush: true });
      await rename(draft, join(this.#dir, `${id}.json`));
      await syncDirectory(this.#dir);
      return id;
    } finally {
      await rm(draft, { force: true });
    }
  }

  async list(): Promise<readonly { readonly snapshot: string; readonly manifest: StoredManifest }[]> {
    const names = await readdir(this.#dir).catch(() => []);
    return Promise.all(
      names
        .filter((name) => name.endsWith(".json"))
        .map(async (name) => ({
          snapshot: name.slice(0, -5),
          manifest: JSON.parse(await readFile(join(this.#dir, name), "utf8")),
        })),
    );
  }
}
