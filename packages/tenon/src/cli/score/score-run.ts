import { rm } from "node:fs/promises";
import { TenonError } from "../../base/error.ts";
import { sha256 } from "../../base/hash.ts";
import type { AppSocket } from "../app-socket.ts";
import type { CommandCall } from "../command.ts";
import { mappedColumns } from "../import/column-mapping.ts";
import { importPace } from "../import/import-pace.ts";
import { importedRows } from "../import/import-row.ts";
import { openRejects } from "../import/rejects-file.ts";
import type { RowSource } from "../import/row-source.ts";
import { askRows } from "./ask-rows.ts";
import type { Waiting } from "./patience.ts";
import type { ScoreCall } from "./score-call.ts";
import { scoreColumns } from "./score-column.ts";
import { scorePace } from "./score-pace.ts";
import { scoreRows } from "./score-rows.ts";
import type { ScoreSink } from "./score-sink.ts";
import { openSpool, readSpool } from "./score-spool.ts";
import { keepScoreState, type ScoreFolder, type ScoreState, scoreStart } from "./score-state.ts";
import type { ScoreTarget } from "./score-target.ts";

export interface Scoring {
  readonly call: CommandCall;
  readonly app: AppSocket;
  readonly asked: ScoreCall;
  readonly target: ScoreTarget;
  readonly source: RowSource;
  readonly sink: ScoreSink;
  readonly folder: ScoreFolder;
  readonly waiting: Waiting;
  /** Of rows that have no ids and are recorded. */
  readonly idPrefix: string;
}

/** Scores what is not scored yet, then hands all of it over. */
export async function runScore(o: Scoring, begun: ScoreState): Promise<ScoreState> {
  const scored = begun.isScored ? begun : await scoreAll(o, begun);
  if (scored.scored === 0) {
    // The next call looks at the source again.
    await rm(o.folder.dir, { recursive: true, force: true });
    throw new TenonError(
      "score.empty",
      scored.refused === 0
        ? "the source has no rows"
        : `all ${scored.refused} rows were refused: see ${o.asked.rows.rejectsFile}`,
    );
  }
  return handOver(o, scored);
}

async function scoreAll(o: Scoring, begun: ScoreState): Promise<ScoreState> {
  const ended = await scoreOn(o, begun);
  if (ended !== undefined) return ended;
  o.call.output.note("Another version answers than before the stop: all rows are scored anew.");
  const anew = await scoreOn(o, scoreStart(begun.begunAtMs));
  if (anew === undefined) throw new TenonError("internal", "a scoring from the beginning has no version before it");
  return anew;
}

async function scoreOn({ call, app, asked, target, source, folder, waiting, idPrefix }: Scoring, begun: ScoreState) {
  const { wanted, make } = importedRows({
    mapped: mappedColumns(asked.rows.mapping, target, source),
    wholeKeys: target.wholeKeys,
    columns: source.columns,
    times: asked.rows.times,
    idPrefix: target.records ? rowIdPrefix(asked, idPrefix, begun) : undefined,
  });
  const [spool, rejects] = await Promise.all([
    openSpool(folder.spoolFile, begun.spoolBytes),
    openRejects(asked.rows.rejectsFile, begun.rejectsBytes),
  ]);
  const told = importPace(call.output.progress(`Scoring ${target.name}`), shareOf(begun, source), waiting.nowMs);
  const pace = scorePace(asked.rate, waiting);
  const path = `/predict/${encodeURIComponent(target.name)}${asked.explains ? "?explain=features" : ""}`;
  try {
    return await scoreRows(
      {
        ...{ source, wanted, make, spool, rejects },
        ask: (rows) => pace(rows.length, () => askRows(app, path, rows, waiting)),
        keep: async (state) => {
          await keepScoreState(folder, state);
          told(shareOf(state, source), state.place.row - begun.place.row);
        },
      },
      begun,
    );
  } finally {
    await Promise.all([spool.close(), rejects.close()]);
  }
}

const shareOf = ({ place }: ScoreState, { size }: RowSource): number => (size === 0 ? 1 : place.offset / size);

/** A row of a file is the same row every night; a key is scored anew, and recorded anew. */
const rowIdPrefix = ({ source }: ScoreCall, key: string, { begunAtMs }: ScoreState): string =>
  sha256(source.kind === "entity" ? `${key}-${begunAtMs}` : key).slice(0, 24);

async function handOver({ call, asked, target, sink, folder, waiting }: Scoring, scored: ScoreState) {
  let state = scored;
  const told = importPace(call.output.progress(`Writing ${sink.name}`), 0, waiting.nowMs);
  await sink.handOver({
    prediction: target.name,
    run: sha256(`${folder.dir}-${scored.begunAtMs}`).slice(0, 24),
    columns: scoreColumns({
      input: target.columns,
      wholeKeys: target.wholeKeys,
      hasIds: scored.inputs.includes("id"),
      outputs: scored.outputs,
      explains: asked.explains,
    }),
    rows: scored.scored,
    handed: { bytes: scored.handedBytes, rows: scored.handedRows },
    read: (fromByte) => readSpool(folder.spoolFile, fromByte),
    told: async (rows, bytes) => {
      if (bytes !== undefined) {
        state = { ...state, handedBytes: bytes, handedRows: rows };
        await keepScoreState(folder, state);
      }
      told(rows / scored.scored, rows);
    },
  });
  return state;
}
