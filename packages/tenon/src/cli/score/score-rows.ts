import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { PredictAnswer, Receipt } from "../../server/wire.ts";
import type { RejectedRow, RejectsFile } from "../import/rejects-file.ts";
import type { RowSource, SourceRow } from "../import/row-source.ts";
import type { RowAnswer } from "./ask-rows.ts";
import { type ScoredRow, widened } from "./score-column.ts";
import type { ScoreSpool } from "./score-spool.ts";
import type { ScoreState } from "./score-state.ts";

type Input = Readonly<Record<string, unknown>>;

export interface ScoreRows {
  readonly source: RowSource;
  readonly wanted: readonly string[];
  readonly make: (row: SourceRow) => Input | TenonError;
  readonly spool: ScoreSpool;
  readonly rejects: RejectsFile;
  readonly ask: (rows: readonly Input[]) => Promise<readonly RowAnswer[]>;
  readonly keep: (state: ScoreState) => Promise<void>;
}

/** Rows of the source that are asked for together. */
interface Step {
  readonly inputs: Input[];
  readonly sent: SourceRow[];
  readonly rejected: RejectedRow[];
  bytes: number;
  last: SourceRow | undefined;
}

const emptyStep = (): Step => ({ inputs: [], sent: [], rejected: [], bytes: 0, last: undefined });

/**
 * Scores the source's rows call by call; what each came to is on disk, and then counted. Undefined where another model
 * answers than before the stop: what it scored and what was kept are of no one version.
 */
export async function scoreRows(o: ScoreRows, from: ScoreState): Promise<ScoreState | undefined> {
  let state = from;
  let isCompared = from.digest === null;
  const settle = async (step: Step): Promise<boolean> => {
    const answers = step.inputs.length === 0 ? [] : await o.ask(step.inputs);
    const digest = digestOf(answers);
    if (!isCompared && digest !== undefined && digest !== from.digest) return false;
    isCompared ||= digest !== undefined;
    state = await settled(o, state, step, answers);
    await o.keep(state);
    return true;
  };
  let step = emptyStep();
  for await (const rows of o.source.read(o.wanted, from.place)) {
    for (const row of rows) {
      take(step, row, o.make(row));
      const count = step.sent.length + step.rejected.length;
      if (count < limit.scoreRowsMax && step.bytes < limit.importBytesMax) continue;
      if (!(await settle(step))) return undefined;
      step = emptyStep();
    }
  }
  if (step.last !== undefined && !(await settle(step))) return undefined;
  state = { ...state, isScored: true };
  await o.keep(state);
  return state;
}

function take(step: Step, row: SourceRow, made: Input | TenonError): void {
  step.last = row;
  const bytes = made instanceof TenonError ? 0 : Buffer.byteLength(JSON.stringify(made));
  if (made instanceof TenonError) step.rejected.push(rejectOf(row, made));
  else if (bytes > limit.lineBytesMax)
    step.rejected.push(
      rejectOf(
        row,
        new TenonError("body.too-large", `the row has ${bytes} bytes; a row may have ${limit.lineBytesMax}`),
      ),
    );
  else {
    step.inputs.push(made);
    step.sent.push(row);
    step.bytes += bytes;
  }
}

/** The report names the first place: what is wrong with one field is mended by itself. */
const rejectOf = (row: SourceRow, { code, message, places: [place] }: TenonError): RejectedRow => ({
  line: row.line,
  code: place?.code ?? code,
  message: place === undefined ? message : `${place.path}: ${place.message}`,
  row: row.raw,
});

const isAnswer = (answer: RowAnswer): answer is PredictAnswer => !(answer instanceof TenonError);

const digestOf = (answers: readonly RowAnswer[]): string | undefined => answers.find(isAnswer)?.receipt.digest;

async function settled(
  o: ScoreRows,
  state: ScoreState,
  step: Step,
  answers: readonly RowAnswer[],
): Promise<ScoreState> {
  const scored = answers.flatMap((answer, i) => (isAnswer(answer) ? [scoredRow(step.inputs[i] ?? {}, answer)] : []));
  const refused = answers.flatMap((answer, i) => {
    const row = step.sent[i];
    return isAnswer(answer) || row === undefined ? [] : [rejectOf(row, answer)];
  });
  const rejected = [...step.rejected, ...refused].sort((a, b) => a.line - b.line);
  await o.spool.add(scored);
  await o.rejects.add(rejected);
  const { outputs, inputs, models, reasons } = tallied(state, scored);
  return {
    ...state,
    ...{ outputs, inputs, models, reasons },
    digest: state.digest ?? digestOf(answers) ?? null,
    place: step.last?.next ?? state.place,
    scored: state.scored + scored.length,
    degraded: state.degraded + scored.filter(({ degraded }) => degraded.length > 0).length,
    refused: state.refused + rejected.length,
    spoolBytes: o.spool.bytes,
    rejectsBytes: o.rejects.bytes,
  };
}

function scoredRow(input: Input, answer: PredictAnswer): ScoredRow {
  const { receipt, features, ...output } = answer;
  const { model, id, at, degraded }: Receipt = receipt;
  return {
    input,
    output,
    ...{ model, predictionId: id, predictedAt: at, degraded },
    ...(features === undefined ? {} : { features: features.values }),
  };
}

/** What the rows add to the counts and to what is known of the columns. */
function tallied(state: ScoreState, rows: readonly ScoredRow[]) {
  const outputs = { ...state.outputs };
  const inputs = new Set(state.inputs);
  const models = { ...state.models };
  const reasons = { ...state.reasons };
  for (const { input, output, model, degraded } of rows) {
    for (const [name, value] of Object.entries(output)) outputs[name] = widened(outputs[name], value);
    for (const name of Object.keys(input)) inputs.add(name);
    models[model] = (models[model] ?? 0) + 1;
    for (const reason of degraded)
      if (reason in reasons || Object.keys(reasons).length < limit.scoreReasonsMax)
        reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  return { outputs, inputs: [...inputs], models, reasons };
}
