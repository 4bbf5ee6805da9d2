import { setTimeout as sleep } from "node:timers/promises";
import { guardedLookup } from "../../base/address-guard.ts";
import { CircuitBreaker } from "../../base/circuit-breaker.ts";
import { TenonError } from "../../base/error.ts";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import { HttpCaller, type HttpReply, jsonOf, UnsentError } from "../../base/http-caller.ts";
import type { Random } from "../../base/random.ts";
import { fieldOf } from "../../base/record.ts";
import type { VendorPlan } from "../../plan/runtime-plan.ts";
import type {
  LoadedModel,
  ModelCall,
  ModelColumns,
  ModelRuntime,
  ModelSignature,
  ModelUsage,
} from "../../ports/model-runtime.ts";
import { ChatExchange } from "./chat-exchange.ts";
import { EmbeddingsExchange } from "./embeddings-exchange.ts";
import type { AnsweredRows, Exchange, ShownRow, Tokens } from "./exchange.ts";
import { MappedExchange } from "./mapped-exchange.ts";
import { retryAfterMs } from "./retry-after.ts";

/** Calls that are under way at once, of one call of the model and of all. */
const callsAtOnce = 8;
const connectionsMax = 64;
const callsMax = 1_000;
const triesMax = 4;
const backoffMs = 500;

export interface VendorOptions extends VendorPlan {
  readonly settings: Readonly<Record<string, string>>;
  readonly nowMs: () => number;
  readonly random: Random;
}

/** Asks an AI API for each row. */
export class VendorRuntime implements ModelRuntime {
  readonly #options: VendorOptions;

  constructor(options: VendorOptions) {
    this.#options = options;
  }

  async load(signature: ModelSignature): Promise<LoadedModel> {
    return new VendorModel(signature, this.#options);
  }
}

function exchangeOf({ name, output }: ModelSignature, { wire }: VendorPlan): Exchange {
  if (wire.kind === "chat") return new ChatExchange(name, output, wire);
  return wire.kind === "embeddings" ? new EmbeddingsExchange(output, wire) : new MappedExchange(output, wire);
}

class VendorModel implements LoadedModel {
  readonly digest: string;
  readonly predictNow = undefined;
  readonly #signature: ModelSignature;
  readonly #options: VendorOptions;
  readonly #exchange: Exchange;
  readonly #caller: HttpCaller;
  readonly #breaker: CircuitBreaker;
  #calls = 0;

  constructor(signature: ModelSignature, o: VendorOptions) {
    const { url, wire, headers, settings, privateNetwork } = o;
    this.#signature = signature;
    this.#options = o;
    this.#exchange = exchangeOf(signature, o);
    this.#caller = new HttpCaller({
      ...{ url: new URL(url), headers: settings, connectionsMax, lookup: guardedLookup(privateNetwork) },
    });
    this.#breaker = new CircuitBreaker(o.nowMs);
    // What the vendor runs behind its name is the vendor's: where and how it is asked stands for it.
    this.digest = sha256(canonicalJson({ url, wire, headers, signature }));
  }

  async predict(input: ModelColumns, rowCount: number, call: ModelCall): Promise<ModelColumns> {
    const { rowsMax } = this.#exchange;
    const batches = Array.from({ length: Math.ceil(rowCount / rowsMax) }, (_, i) => i * rowsMax);
    const answers = new Array<ModelColumns[number]>(rowCount);
    const next = batches.values();
    const work = async (): Promise<void> => {
      for (const from of next) {
        const rows = this.#shown(input, from, Math.min(from + rowsMax, rowCount));
        const told = await this.#askOrFail(rows, from, call);
        for (const [i, row] of told.entries()) answers[from + i] = row;
      }
    };
    await Promise.all(Array.from({ length: Math.min(callsAtOnce, batches.length) }, work));
    return this.#signature.output.map((_, place) => answers.map((row) => row[place]));
  }

  async close(): Promise<void> {
    this.#caller.close();
  }

  #shown(input: ModelColumns, from: number, to: number): readonly ShownRow[] {
    return Array.from({ length: to - from }, (_, i) =>
      Object.fromEntries(
        this.#signature.input.map(({ name, type }, place) => {
          const value = input[place]?.[from + i] ?? null;
          return [name, type === "time" && typeof value === "number" ? new Date(value).toISOString() : value];
        }),
      ),
    );
  }

  /** Rows that fail are told of one by one: the others are paid for. */
  async #askOrFail(rows: readonly ShownRow[], from: number, call: ModelCall): Promise<AnsweredRows> {
    try {
      return await this.#ask(rows, from, call);
    } catch (thrown) {
      if (!(thrown instanceof TenonError) || call.rowFailed === undefined) throw thrown;
      for (let row = from; row < from + rows.length; row++) call.rowFailed(row, thrown);
      return rows.map(() => this.#signature.output.map(() => null));
    }
  }

  async #ask(rows: readonly ShownRow[], from: number, { signal, spent }: ModelCall): Promise<AnsweredRows> {
    const { waitMs } = this.#breaker;
    if (waitMs > 0)
      throw new TenonError("model.busy", "the vendor failed several times, and is left alone for a moment", {
        retryAfterMs: waitMs,
      });
    if (this.#calls >= callsMax) throw new TenonError("model.busy", `${callsMax} calls of the vendor are under way`);
    this.#calls++;
    this.#breaker.enter();
    try {
      const reply = await this.#try(Buffer.from(JSON.stringify(this.#exchange.bodyFor(rows))), signal);
      // A refused row says nothing of the server.
      if (reply.status >= 500 || reply.status === 429) this.#breaker.fail();
      else this.#breaker.succeed();
      if (reply.status !== 200)
        throw new TenonError(
          "model.failed",
          `the vendor answered ${reply.status}: ${this.#withoutSecrets(errorOf(reply))}`,
        );
      const body = jsonOf(reply);
      // What was answered is paid for, also where it is of no use.
      spent?.(from, rows.length, this.#priced(this.#exchange.tokensIn(body)));
      return this.#exchange.read(body, rows.length);
    } catch (thrown) {
      if (thrown instanceof UnsentError) this.#breaker.fail();
      else this.#breaker.leave();
      throw thrown;
    } finally {
      this.#calls--;
    }
  }

  /** Some repeat the key that they do not know. */
  #withoutSecrets(text: string): string {
    const secrets = Object.values(this.#options.settings).map((value) => value.replace(/^Bearer /, ""));
    return secrets
      .filter(({ length }) => length >= 4)
      .reduce((left, one) => left.replaceAll(one, "…"), text)
      .slice(0, 200);
  }

  #priced(tokens: Tokens): ModelUsage {
    const { inputMicros, outputMicros } = this.#options.prices ?? { inputMicros: 0, outputMicros: 0 };
    const costMicros = (tokens.inputTokens * inputMicros + tokens.outputTokens * outputMicros) / 1_000_000;
    return { ...tokens, costMicros };
  }

  /** Again where the vendor asks for that, or never heard it, within the caller's time. */
  async #try(body: Buffer, signal: AbortSignal): Promise<HttpReply> {
    const headers = { "content-type": "application/json", accept: "application/json" };
    for (let tries = 1; ; tries++) {
      const last = tries >= triesMax;
      let waitMs = backoffMs * 2 ** (tries - 1) * (0.5 + this.#options.random() / 2);
      try {
        const reply = await this.#caller.call({ method: "POST", path: this.#exchange.path, body, headers }, signal);
        if (last || (reply.status !== 429 && reply.status !== 503)) return reply;
        waitMs = retryAfterMs(reply.headers["retry-after"], this.#options.nowMs()) ?? waitMs;
      } catch (thrown) {
        if (last || !(thrown instanceof UnsentError)) throw thrown;
      }
      await pause(waitMs, signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw new TenonError("model.late", "the vendor asked to be tried again later than the call's budget lets");
  }
}

/** OpenAI's `{"error": {"message": "…"}}`, or the beginning of whatever was answered. */
function errorOf(reply: HttpReply): string {
  const message = fieldOf(fieldOf(jsonOf(reply), "error"), "message");
  return (typeof message === "string" ? message : reply.body.toString("utf8")).slice(0, 1_000);
}
