import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { limit } from "../../base/limit.ts";
import { type SourcePlace, sourceStart } from "../import/row-source.ts";
import type { ColumnKind } from "./score-column.ts";

/** How far a scoring has come. What is in the spool behind `spoolBytes` was never counted and is written again. */
export interface ScoreState {
  readonly begunAtMs: number;
  /** Of the model that answered first: rows of two models are told apart. */
  readonly digest: string | null;
  /** Where the source goes on. */
  readonly place: SourcePlace;
  /** Every row of the source is answered or refused. */
  readonly isScored: boolean;
  readonly scored: number;
  readonly degraded: number;
  readonly refused: number;
  /** Rows by the version that answered. */
  readonly models: Readonly<Record<string, number>>;
  /** Rows by the reason why they are degraded. */
  readonly reasons: Readonly<Record<string, number>>;
  /** What the answers hold, and which columns of the source had a value. */
  readonly outputs: Readonly<Record<string, ColumnKind>>;
  readonly inputs: readonly string[];
  readonly spoolBytes: number;
  readonly rejectsBytes: number;
  /** What was handed over already, where that goes part by part. */
  readonly handedBytes: number;
  readonly handedRows: number;
}

export const scoreStart = (nowMs: number): ScoreState => ({
  begunAtMs: nowMs,
  digest: null,
  place: sourceStart,
  isScored: false,
  scored: 0,
  degraded: 0,
  refused: 0,
  models: {},
  reasons: {},
  outputs: {},
  inputs: [],
  spoolBytes: 0,
  rejectsBytes: 0,
  handedBytes: 0,
  handedRows: 0,
});

/** A scoring's own folder: its state, the rows that are scored, and a copy of a source that cannot be read twice. */
export interface ScoreFolder {
  readonly dir: string;
  readonly stateFile: string;
  readonly spoolFile: string;
  readonly sourceFile: string;
}

export const scoreFolder = (dataDir: string, key: string): ScoreFolder => {
  const dir = join(dataDir, "scores", key);
  return {
    dir,
    stateFile: join(dir, "state.json"),
    spoolFile: join(dir, "rows.ndjson"),
    sourceFile: join(dir, "source.ndjson"),
  };
};

/** The state that was kept; undefined where there is none that can be gone on from, or one that is too old. */
export async function loadScoreState(
  { stateFile, spoolFile }: ScoreFolder,
  nowMs: number,
): Promise<ScoreState | undefined> {
  try {
    const kept: Partial<ScoreState> = JSON.parse(await readFile(stateFile, "utf8"));
    const state = { ...scoreStart(0), ...kept };
    const isYoung = Math.abs(nowMs - state.begunAtMs) <= limit.scoreResumeMsMax;
    const isThere = state.spoolBytes === 0 || (await stat(spoolFile)).size >= state.spoolBytes;
    return isYoung && isThere ? state : undefined;
  } catch {
    return undefined;
  }
}

export async function keepScoreState({ dir, stateFile }: ScoreFolder, state: ScoreState): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(`${stateFile}.tmp`, JSON.stringify(state), { mode: 0o600 });
  await rename(`${stateFile}.tmp`, stateFile);
}

/** Removes what scorings left that nobody went on with, while it could be. */
export async function forgetOldScores(dataDir: string, nowMs: number): Promise<void> {
  const dir = join(dataDir, "scores");
  for (const name of await readdir(dir).catch(() => [])) {
    const { stateFile } = scoreFolder(dataDir, name);
    const { mtimeMs } = await stat(stateFile)
      .catch(() => stat(join(dir, name)))
      // Its own scoring has ended meanwhile.
      .catch(() => ({ mtimeMs: nowMs }));
    if (nowMs - mtimeMs > limit.scoreResumeMsMax) await rm(join(dir, name), { recursive: true, force: true });
  }
}
