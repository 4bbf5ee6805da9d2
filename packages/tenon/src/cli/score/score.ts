import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { sha256 } from "../../base/hash.ts";
import type { TableFiles } from "../../ports/table-file.ts";
import { exclusiveFolder } from "../../run/exclusive-folder.ts";
import { openTableFiles } from "../../run/table-files.ts";
import type { AppSocket } from "../app-socket.ts";
import type { CommandCall } from "../command.ts";
import { flagText } from "../flags.ts";
import { fileHash, openSource } from "../import/open-source.ts";
import { openSink } from "./open-sink.ts";
import type { Waiting } from "./patience.ts";
import { type ScoreCall, scoreCall } from "./score-call.ts";
import { runScore } from "./score-run.ts";
import { copyInput, listKeys, placeInput } from "./score-source.ts";
import {
  forgetOldScores,
  keepScoreState,
  loadScoreState,
  type ScoreFolder,
  type ScoreState,
  scoreFolder,
  scoreStart,
} from "./score-state.ts";
import { type ScoreTarget, scoreTarget, spineKeys } from "./score-target.ts";
import { tellScore } from "./tell-score.ts";

/** Scores what a call names and hands it over; the exit code. */
export async function score(call: CommandCall, app: AppSocket): Promise<number> {
  const asked = scoreCall(call);
  const beganMs = performance.now();
  const target = await scoreTarget(app, asked.prediction);
  const waiting = waitingOf(call);
  const { dataDir } = call.places;
  const sink = openSink(asked.sink, { dataDir, environment: process.env, waiting, wallMs: () => Date.now() });
  let tables: TableFiles | undefined;
  try {
    await sink.check();
    await forgetOldScores(dataDir, Date.now());
    const copy = asked.source.kind === "input" ? await copyInput(process.stdin, dataDir) : undefined;
    const key = await keyOf(call, asked, { target, copied: copy?.hash });
    const folder = scoreFolder(dataDir, key);
    const lock = exclusiveFolder(folder.dir, `this scoring of "${asked.prediction}"`);
    try {
      const begun = await begin(call, folder);
      if (copy !== undefined) await placeInput(copy.file, folder.sourceFile);
      if (asked.source.kind === "entity") await listKeys(app, spineKeys(target, asked.source), folder.sourceFile);
      const file = asked.source.kind === "file" ? asked.source.file : folder.sourceFile;
      const source = await openSource({ ...asked.rows, file }, () => {
        tables ??= openTableFiles(join(dataDir, "tmp"));
        return tables;
      });
      const ended = await runScore(
        { ...{ call, app, asked, target, source, sink, folder, waiting }, idPrefix: key },
        begun,
      );
      const code = tellScore(call, { asked, sink, begun, ended, seconds: (performance.now() - beganMs) / 1_000 });
      // Last: who was not told that it ended may call again, and nothing is handed over anew.
      await rm(folder.dir, { recursive: true, force: true });
      return code;
    } finally {
      lock.release();
    }
  } finally {
    await Promise.all([tables?.close(), sink.close()]);
  }
}

/** What waits are told by: a busy app is no silence. */
const waitingOf = ({ output }: CommandCall): Waiting => ({
  nowMs: () => performance.now(),
  wait: (ms) => wait(ms),
  told: (why, ms) => output.note(`${why}; trying again in ${(ms / 1_000).toFixed(1)} s`),
});

/** The same rows for the same prediction into the same place go on; anything else begins. */
async function keyOf(
  call: CommandCall,
  { prediction, source, sink, explains, rows }: ScoreCall,
  { target, copied }: { readonly target: ScoreTarget; readonly copied: string | undefined },
): Promise<string> {
  const identity = source.kind === "file" ? await fileHash(source.file) : (copied ?? source);
  const { format, delimiter, times, mapping } = rows;
  const said = [prediction, target.columns, identity, sink, explains, flagText(call, "tenant") ?? null];
  const read = [format, delimiter, times, [...mapping.sources], [...mapping.constants], rows.rejectsFile];
  return sha256(JSON.stringify([...said, ...read])).slice(0, 32);
}

/** Where it goes on, or a beginning with nothing left of what was before. */
async function begin(call: CommandCall, folder: ScoreFolder): Promise<ScoreState> {
  const nowMs = Date.now();
  const kept = call.flags.restart === true ? undefined : await loadScoreState(folder, nowMs);
  if (kept !== undefined) {
    call.output.text(kept.isScored ? "Going on with handing over" : `Going on at row ${kept.place.row}`);
    return kept;
  }
  await Promise.all([folder.stateFile, folder.spoolFile, folder.sourceFile].map((file) => rm(file, { force: true })));
  const begun = scoreStart(nowMs);
  await keepScoreState(folder, begun);
  return begun;
}
