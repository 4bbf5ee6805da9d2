import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type SourcePlace, sourceStart } from "./row-source.ts";

/** How far an import has come. What was sent after it was last kept is sent again, and its ids count once. */
export interface ImportState {
  readonly place: SourcePlace;
  readonly isDone: boolean;
  readonly accepted: number;
  readonly duplicate: number;
  readonly conflict: number;
  readonly rejected: number;
  /** The report of rejects up to here belongs to rows before the place. */
  readonly rejectsBytes: number;
}

export const importStart: ImportState = {
  place: sourceStart,
  isDone: false,
  accepted: 0,
  duplicate: 0,
  conflict: 0,
  rejected: 0,
  rejectsBytes: 0,
};

/** The state that was kept, or the beginning where there is none that can be read. */
export async function loadImportState(file: string): Promise<ImportState> {
  try {
    const kept: Partial<ImportState> = JSON.parse(await readFile(file, "utf8"));
    return { ...importStart, ...kept };
  } catch {
    return importStart;
  }
}

export async function keepImportState(file: string, state: ImportState): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.tmp`, JSON.stringify(state));
  await rename(`${file}.tmp`, file);
}

export const forgetImportState = (file: string): Promise<void> => rm(file, { force: true });
