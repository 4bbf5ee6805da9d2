import { mkdirSync, readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { IdentityRun, mergePairs } from "./identity-run.ts";
import { IdentityTable } from "./identity-table.ts";

/** Identities held in memory before they go to a file. */
const tableMax = 262_144;
/** Files of one size before they are merged; larger ones stay as they are. */
const runsPerTier = 4;
const mergedMax = 4_194_304;

/**
 * Which ids the log holds within the dedup horizon. Newest in memory, older in sorted files: an index of random ids in
 * the log itself would cost most of the writer's speed. Derived from the log alone: a lost file is made anew.
 */
export class IdentityIndex {
  readonly #dir: string;
  readonly #table = new IdentityTable();
  #runs: IdentityRun[] = [];
  #newestLoggedAtMs = 0;
  #lastSeq = 0;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true });
    for (const name of readdirSync(dir).sort()) {
      const run = name.endsWith(".ids") ? IdentityRun.open(join(dir, name)) : undefined;
      if (run === undefined) unlinkSync(join(dir, name));
      else this.#runs.push(run);
    }
    this.#runs.sort((a, b) => a.info.lastSeq - b.info.lastSeq);
  }

  /** Entries up to this position are in files; later ones have to be added from the log. */
  get persistedSeq(): number {
    return this.#runs.at(-1)?.info.lastSeq ?? 0;
  }

  add(hash: number, seq: number, loggedAtMs: number): void {
    this.#table.add(hash, seq);
    this.#lastSeq = seq;
    this.#newestLoggedAtMs = loggedAtMs;
  }

  /** Positions that may hold this identity, oldest files first. */
  candidates(hash: number, out: number[]): void {
    out.length = 0;
    this.#table.find(hash, out);
    for (const run of this.#runs) run.find(hash, out);
  }

  /** Called between commits: moves a full table to a file, merges small files, drops what is past the horizon. */
  tidy(horizonStartMs: number): void {
    while (this.#runs.length > 0 && this.#runs[0].info.newestLoggedAtMs < horizonStartMs && this.#runs.length > 1) {
      this.#runs.shift()?.delete();
    }
    if (this.#table.size < tableMax) return;
    const info = { lastSeq: this.#lastSeq, newestLoggedAtMs: this.#newestLoggedAtMs };
    this.#runs.push(IdentityRun.write(this.#fileOf(info.lastSeq), this.#table.sorted(), info));
    this.#table.clear();
    this.#merge();
  }

  /** Forgets what is in memory: after a failed commit the log is read again. */
  forgetUnpersisted(): void {
    this.#table.clear();
  }

  close(): void {
    for (const run of this.#runs) run.close();
  }

  #merge(): void {
    for (;;) {
      const tail = this.#runs.slice(-runsPerTier);
      const count = tail.reduce((sum, run) => sum + run.info.count, 0);
      const alike = tail.length === runsPerTier && tail[0].info.count <= tail[runsPerTier - 1].info.count * 2;
      if (!alike || count > mergedMax) return;
      const pairs = tail.map((run) => run.pairs()).reduce(mergePairs);
      const newest = tail[runsPerTier - 1];
      const info = newest.info;
      for (const run of tail) if (run !== newest) run.delete();
      newest.close();
      // The newest run's name is taken over: the rename replaces its file whole.
      this.#runs.splice(-runsPerTier, runsPerTier, IdentityRun.write(newest.file, pairs, info));
    }
  }

  #fileOf(lastSeq: number): string {
    return join(this.#dir, `${String(lastSeq).padStart(16, "0")}.ids`);
  }
}
