import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TenonError } from "../../base/error.ts";
import { sha256 } from "../../base/hash.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";

/** Content-addressed files in DVC's layout: `<first two digits>/<the rest>`. */
export class FileArtifactStore implements ArtifactStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async put(bytes: Uint8Array): Promise<string> {
    const digest = sha256(bytes);
    const file = this.#fileOf(digest);
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(`${file}.${process.pid}.tmp`, "w");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.${process.pid}.tmp`, file);
    return digest;
  }

  async get(digest: string): Promise<Uint8Array> {
    const bytes = await readFile(this.#fileOf(digest));
    if (sha256(bytes) !== digest)
      throw new TenonError("data.corrupt", `the artifact ${digest} has other content than its name says`);
    return bytes;
  }

  #fileOf(digest: string): string {
    return join(this.#dir, digest.slice(0, 2), digest.slice(2));
  }
}
