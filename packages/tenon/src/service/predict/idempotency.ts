import { TenonError } from "../../base/error.ts";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import { limit } from "../../base/limit.ts";
import type { LogEntry } from "../../ports/event-log.ts";
import type { Tenon } from "../tenon.ts";
import type { OneOptions } from "./call-options.ts";
import { ageMaxOf, decodePrediction, predictionTopic } from "./prediction-record.ts";
import type { Predicted } from "./predictor.ts";

interface Answered {
  readonly input: string;
  readonly answer: Promise<Predicted>;
}

/** A row to predict for, and the key that its caller sends with each try. */
export interface KeyedRow extends Omit<OneOptions, "id"> {
  readonly prediction: string;
  readonly key: string;
  readonly input: unknown;
}

/**
 * Answers tries that carry one key as one call: made once, logged once, told again. The key is the prediction's id, so that
 * the log knows it after a restart; what a crash took of the log is made anew.
 */
export class Idempotency {
  readonly #tenon: Tenon;
  readonly #max: number;
  /** The newest ones, and those that are under way. */
  readonly #answered = new Map<string, Answered>();

  constructor(tenon: Tenon, max: number = limit.idempotencyKeysMax) {
    this.#tenon = tenon;
    this.#max = max;
  }

  /** @throws idempotency.mismatch where the key came with another row, and what predicting throws */
  async predict(tenant: number, row: KeyedRow): Promise<Predicted> {
    const id = `key-${sha256(canonicalJson([tenant, row.prediction, row.key])).slice(0, 40)}`;
    const input = sha256(canonicalJson(row.input));
    const known = this.#answered.get(id);
    if (known !== undefined) {
      if (known.input === input) return known.answer;
      throw mismatch(row.key);
    }
    const answer = this.#answer(tenant, id, row);
    const oldest = this.#answered.size >= this.#max ? this.#answered.keys().next().value : undefined;
    if (oldest !== undefined) this.#answered.delete(oldest);
    this.#answered.set(id, { input, answer });
    // What was refused may be sent again.
    answer.catch(() => this.#answered.delete(id));
    return answer;
  }

  async #answer(tenant: number, id: string, { prediction, input, key, ...time }: KeyedRow): Promise<Predicted> {
    const { catalogue, log, predictions, serving } = this.#tenon;
    const entry = await log.find(tenant, catalogue.topics[predictionTopic(prediction)], id);
    if (entry === undefined) return predictions.one(tenant, prediction, input, { ...time, id });
    const told = toldBefore(entry);
    const { values } = serving.predictor(prediction).check(tenant, input);
    if (JSON.stringify(values) !== JSON.stringify(told.record.input)) throw mismatch(key);
    return told;
  }
}

const mismatch = (key: string): TenonError =>
  new TenonError("idempotency.mismatch", `the key "${key.slice(0, 60)}" came with another row before`);

function toldBefore({ id, atMs, payload }: LogEntry): Predicted {
  const record = decodePrediction(payload);
  return { id, atMs, record, answer: record.output, featureAgeMsMax: ageMaxOf(record) };
}
