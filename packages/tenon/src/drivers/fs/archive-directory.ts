import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, TenonError } from "../../base/error.ts";
import type { ArchivedDay, ArchiveStore } from "../../ports/archive.ts";
import { syncDirectory } from "./sync-directory.ts";

const manifestName = "manifest.json";
const formatMax = 1;

/** Archived days as `<day>/<topic>.parquet` and `<day>/manifest.json`. Lists synchronously: it lives in workers. */
export class ArchiveDirectory implements ArchiveStore {
  readonly #dir: string;
  readonly #known = new Map<string, ArchivedDay>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** @throws data.corrupt, data.newer */
  list(): readonly ArchivedDay[] {
    if (!existsSync(this.#dir)) return [];
    const days: ArchivedDay[] = [];
    for (const name of readdirSync(this.#dir)) {
      const known = this.#known.get(name) ?? this.#read(name);
      if (known !== undefined) days.push(known);
    }
    return days.sort((a, b) => a.firstSeq - b.firstSeq);
  }

  path(day: string, file: string): string {
    return join(this.#dir, day, file);
  }

  async begin(day: string): Promise<void> {
    await rm(join(this.#dir, day), { recursive: true, force: true });
    await mkdir(join(this.#dir, day), { recursive: true });
  }

  async publish(day: ArchivedDay): Promise<void> {
    const file = this.path(day.day, manifestName);
    const handle = await open(`${file}.tmp`, "w");
    try {
      await handle.writeFile(JSON.stringify(day, undefined, 2));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.tmp`, file);
    await syncDirectory(join(this.#dir, day.day));
    await syncDirectory(this.#dir);
  }

  async retract(day: string): Promise<void> {
    this.#known.delete(day);
    await rm(this.path(day, manifestName), { force: true });
    await syncDirectory(join(this.#dir, day));
  }

  #read(name: string): ArchivedDay | undefined {
    const file = this.path(name, manifestName);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(name) || !existsSync(file)) return undefined;
    let day: ArchivedDay;
    try {
      day = JSON.parse(readFileSync(file, "utf8"));
    } catch (thrown) {
      throw new TenonError("data.corrupt", `${file} cannot be read: ${messageOf(thrown)}`, { cause: thrown });
    }
    if (day.format > formatMax)
      throw new TenonError("data.newer", `${file} has format ${day.format}; this version reads ${formatMax}`);
    this.#known.set(name, day);
    return day;
  }
}
