import { setImmediate } from "node:timers/promises";
import { type ErrorPlace, TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { invalidInput } from "../ingest/ingest.ts";
import { patiently } from "../ingest/patiently.ts";
import type { Tenon } from "../tenon.ts";
import type { Qualities } from "../watch/qualities.ts";
import { type CallTime, leftMs, type ManyOptions, type OneOptions, tooLate } from "./call-options.ts";
import { Challengers } from "./challengers.ts";
import { replayFromLog } from "./past-reads.ts";
import type { PredictionLog } from "./prediction-log.ts";
import { predictionTopic } from "./prediction-record.ts";
import { type CheckedRow, isBehindOnlineRows, type Predicted, type Predictor } from "./predictor.ts";
import { RecordedInputs } from "./recorded-inputs.ts";
import { chosen } from "./routing.ts";

/** Rows of one call that are checked before other requests have a turn. */
const rowsPerTurn = 200;
/** How long one call predicts before others have a turn. */
const turnMs = 2;
/** Rows of one call that are logged, and recorded, together. */
const rowsPerBatch = 1_000;

const noOptions: OneOptions = {};

interface Made {
  readonly predicted: Predicted;
  readonly startedMs: number;
}

const withId = (predicted: Predicted, id: string | undefined): Predicted =>
  id === undefined ? predicted : { ...predicted, id };

const unanswered = new TenonError("internal", "a row was not answered");

function checkOne(predictor: Predictor, tenant: number, input: unknown): CheckedRow | TenonError {
  try {
    return predictor.check(tenant, input);
  } catch (thrown) {
    if (thrown instanceof TenonError && thrown.places.length > 0) return thrown;
    throw thrown;
  }
}

/** Makes predictions, and sees to what follows from each: the log, the label, the recorded input, the figures. */
export class Predictions {
  readonly #tenon: Tenon;
  readonly #log: PredictionLog;
  readonly #qualities: Qualities;
  readonly challengers: Challengers;
  readonly #inputs: RecordedInputs;

  constructor(tenon: Tenon, log: PredictionLog, qualities: Qualities) {
    this.#tenon = tenon;
    this.#log = log;
    this.#qualities = qualities;
    this.challengers = new Challengers(tenon, log);
    this.#inputs = new RecordedInputs(tenon);
  }

  /** Inputs that were to be recorded as events and could not be: most of them came too late, as their answers say. */
  get unrecorded(): number {
    return this.#inputs.failed;
  }

  /** Predictions that were answered and could not be logged. */
  get unlogged(): number {
    return this.#log.dropped;
  }

  /**
   * Predicts, logs off the path, and queues the label. A promise where the row's windows reach back behind what the
   * online store keeps, and the log is read, slower; and where the model's answer has to be waited for, for the
   * prediction's budget or `budgetMs`, the lesser.
   */
  one(tenant: number, name: string, input: unknown, o: OneOptions = noOptions): Predicted | Promise<Predicted> {
    const own = this.#tenon.serving.predictor(name);
    this.#log.checkRoom(1);
    const startedMs = performance.now();
    const row = own.check(tenant, input);
    const predictor = chosen(own, row, o.variant);
    const { queuedMs = 0 } = o;
    const isLate = queuedMs > 0 && leftMs(predictor, o) <= 0;
    if (predictor.answersLater && !isLate) return this.#predictLater(tenant, predictor, row, { ...o, startedMs });
    const made = isLate ? predictor.predictWithout(row, tooLate(queuedMs)) : predictor.predict(row);
    const predicted = withId(made, o.id);
    this.#tenon.bulkheads.spend(name, performance.now() - startedMs);
    if (isBehindOnlineRows(predicted)) return this.#predictFromLog(tenant, predictor, predicted, startedMs);
    this.#finish(tenant, predictor, predicted, startedMs);
    return predicted;
  }

  /**
   * Predicts for many rows: for all of them, or with nothing logged for none. By the live version, unless a predictor
   * of another is given.
   * @throws input.invalid and the field codes, with the row's place in each path
   */
  async all(
    tenant: number,
    name: string,
    inputs: readonly unknown[],
    { predictor = this.#tenon.serving.predictor(name), ...time }: ManyOptions = {},
  ): Promise<readonly Predicted[]> {
    return this.#answerRouted(tenant, predictor, await this.#checkAll(tenant, predictor, inputs), time);
  }

  /** Predicts for many rows: by row the prediction, or what is wrong with it. Rows that are errors already stay so. */
  async each(
    tenant: number,
    name: string,
    inputs: readonly unknown[],
    { predictor = this.#tenon.serving.predictor(name), ...time }: ManyOptions = {},
  ): Promise<readonly (Predicted | TenonError)[]> {
    const checked = inputs.map((input) => (input instanceof TenonError ? input : checkOne(predictor, tenant, input)));
    const rows = checked.filter((row): row is CheckedRow => !(row instanceof TenonError));
    const answers = (await this.#answerRouted(tenant, predictor, rows, time)).values();
    return checked.map((row) => (row instanceof TenonError ? row : (answers.next().value ?? unanswered)));
  }

  /** Each row by the model that is chosen for it. */
  async #answerRouted(
    tenant: number,
    own: Predictor,
    rows: readonly CheckedRow[],
    o: ManyOptions,
  ): Promise<readonly Predicted[]> {
    const places = Map.groupBy(rows.keys(), (i) => chosen(own, rows[i], o.variant));
    const [only] = places.keys();
    if (places.size <= 1) return this.#answerRows(tenant, only ?? own, rows, o);
    const answers = new Array<Predicted>(rows.length);
    for (const [predictor, of] of places) {
      const made = await this.#answerRows(
        tenant,
        predictor,
        of.map((i) => rows[i]),
        o,
      );
      for (const [k, i] of of.entries()) answers[i] = made[k];
    }
    return answers;
  }

  async #answerRows(
    tenant: number,
    predictor: Predictor,
    rows: readonly CheckedRow[],
    time: CallTime,
  ): Promise<readonly Predicted[]> {
    const isLate = leftMs(predictor, time) <= 0;
    const make = (row: CheckedRow): Predicted =>
      isLate ? predictor.predictWithout(row, tooLate(time.queuedMs ?? 0)) : predictor.predict(row);
    const made =
      predictor.answersLater && !isLate
        ? await this.#makeLater(predictor, rows, leftMs(predictor, time))
        : await this.#makeNow(predictor, rows, make);
    const behind = made.filter(({ predicted }) => isBehindOnlineRows(predicted)).length;
    if (behind > limit.pastRowsMax)
      throw new TenonError(
        "body.too-large",
        `${behind} rows reach back behind what the online store keeps; one call takes ${limit.pastRowsMax} of them`,
      );
    const answers: Predicted[] = [];
    for (let i = 0; i < made.length; i += rowsPerBatch) {
      const batch = made.slice(i, i + rowsPerBatch);
      answers.push(...(await this.#answerAll(tenant, predictor, batch, answers.length)));
    }
    return answers;
  }

  /** @throws input.invalid and the field codes, with the row's place in each path */
  async #checkAll(tenant: number, predictor: Predictor, inputs: readonly unknown[]): Promise<readonly CheckedRow[]> {
    const rows: CheckedRow[] = [];
    const mistakes: ErrorPlace[] = [];
    for (const [i, input] of inputs.entries()) {
      if (i % rowsPerTurn === rowsPerTurn - 1) await setImmediate();
      try {
        rows.push(predictor.check(tenant, input));
      } catch (thrown) {
        if (!(thrown instanceof TenonError) || thrown.places.length === 0) throw thrown;
        mistakes.push(...thrown.places.map((place) => ({ ...place, path: `/${i}${place.path}` })));
        if (mistakes.length >= limit.rejectsTold) break;
      }
    }
    if (mistakes.length > 0) throw invalidInput(`the rows for "${predictor.plan.name}" do not fit`, mistakes);
    return rows;
  }

  async #makeNow(
    { plan }: Predictor,
    rows: readonly CheckedRow[],
    make: (row: CheckedRow) => Predicted,
  ): Promise<readonly Made[]> {
    const made: Made[] = [];
    let sinceMs = performance.now();
    for (const row of rows) {
      const startedMs = performance.now();
      if (startedMs - sinceMs > turnMs) {
        this.#tenon.bulkheads.spend(plan.name, startedMs - sinceMs);
        await setImmediate();
        sinceMs = performance.now();
      }
      made.push({ predicted: make(row), startedMs });
    }
    this.#tenon.bulkheads.spend(plan.name, performance.now() - sinceMs);
    return made;
  }

  async #makeLater(predictor: Predictor, rows: readonly CheckedRow[], budgetMs: number): Promise<readonly Made[]> {
    const made: Made[] = [];
    for (let i = 0; i < rows.length; i += rowsPerBatch) {
      const startedMs = performance.now();
      const batch = rows.slice(i, i + rowsPerBatch);
      const signal = AbortSignal.timeout(budgetMs);
      for (const predicted of await predictor.predictLater(batch, signal)) made.push({ predicted, startedMs });
    }
    return made;
  }

  async #predictLater(
    tenant: number,
    predictor: Predictor,
    row: CheckedRow,
    { startedMs, ...o }: OneOptions & { readonly startedMs: number },
  ): Promise<Predicted> {
    const signal = AbortSignal.timeout(leftMs(predictor, o));
    const [made] = await predictor.predictLater([row], signal);
    const predicted = withId(made, o.id);
    this.#finish(tenant, predictor, predicted, startedMs);
    return predicted;
  }

  /** Sees to a batch of answers before the next one: more come in at once than the log can take. */
  async #answerAll(
    tenant: number,
    predictor: Predictor,
    made: readonly Made[],
    before: number,
  ): Promise<readonly Predicted[]> {
    const answers: Predicted[] = [];
    for (const { predicted } of made)
      answers.push(
        isBehindOnlineRows(predicted)
          ? await replayFromLog(this.#tenon, tenant, predicted.record, predicted.atMs)
          : predicted,
      );
    const taken = (): string => `${before} rows were predicted for and logged`;
    if (predictor.plan.record) await patiently(() => this.#inputs.store(tenant, predictor, answers), taken);
    await patiently(() => this.#log.checkRoom(made.length), taken);
    for (const [i, predicted] of answers.entries()) this.#answered(tenant, predictor, predicted, made[i].startedMs);
    return answers;
  }

  async #predictFromLog(
    tenant: number,
    predictor: Predictor,
    online: Predicted,
    startedMs: number,
  ): Promise<Predicted> {
    const predicted = withId(await replayFromLog(this.#tenon, tenant, online.record, online.atMs), online.id);
    this.#finish(tenant, predictor, predicted, startedMs);
    return predicted;
  }

  /** What follows from a single answer is off its path. */
  #finish(tenant: number, predictor: Predictor, predicted: Predicted, startedMs: number): void {
    if (predictor.plan.record) this.#inputs.storeLater(tenant, predictor, predicted);
    this.#answered(tenant, predictor, predicted, startedMs);
  }

  #answered(tenant: number, predictor: Predictor, predicted: Predicted, startedMs: number): void {
    const { name } = predictor.plan;
    const { routing } = this.#tenon.serving.predictor(name);
    if (routing !== undefined && routing.challengers.length > 0)
      this.challengers.add(tenant, routing.challengers, predicted);
    this.#log.add(tenant, this.#tenon.catalogue.topics[predictionTopic(name)], predicted);
    this.#qualities.add(tenant, predicted.record, predicted.atMs);
    this.#tenon.traffic.of(tenant).countPrediction(performance.now() - startedMs);
  }

  /** Everything that was answered is on disk, or was counted as not logged. */
  drain(): Promise<void> {
    return this.#log.drain();
  }
}
