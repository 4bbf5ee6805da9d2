import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import type { SnapshotColumn, SnapshotStore } from "../../ports/snapshot-store.ts";
import type { SnapshotManifest } from "../../ports/workers.ts";

/** Writes columns as one Parquet file, durable when it answers. */
export type WriteParquet = (file: string, columns: readonly SnapshotColumn[]) => Promise<void>;

/** Snapshots as `<id>.parquet` and `<id>.json` in one folder. */
export class FileSnapshotStore implements SnapshotStore {
  readonly #dir: string;
  readonly #writeParquet: WriteParquet;

  constructor(dir: string, writeParquet: WriteParquet) {
    this.#dir = dir;
    this.#writeParquet = writeParquet;
  }

  async write(columns: readonly SnapshotColumn[], manifest: SnapshotManifest): Promise<string> {
    const text = canonicalJson(manifest);
    const id = sha256(text);
    await mkdir(this.#dir, { recursive: true });
    const data = join(this.#dir, `${id}.parquet`);
    await this.#writeParquet(`${data}.tmp`, columns);
    await rename(`${data}.tmp`, data);
    const draft = join(this.#dir, `${id}.json.tmp`);
    await writeFile(draft, text, { flush: true });
    await rename(draft, join(this.#dir, `${id}.json`));
    return id;
  }

  async list(): Promise<readonly { readonly snapshot: string; readonly manifest: SnapshotManifest }[]> {
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
