import { messageOf, TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { deliverySignature } from "../../service/source/delivery-signature.ts";
import { type Waiting, withPatience } from "./patience.ts";
import { jsonCell } from "./score-column.ts";
import type { ScoreSink } from "./score-sink.ts";

export interface WebhookOptions {
  readonly url: string;
  readonly secret: string;
  /** Of signatures: epoch milliseconds. */
  readonly wallMs: () => number;
  readonly waiting: Waiting;
}

const delivered = 300;

/** An address that takes parts of the scores, signed, each with a key that is the same for every try. */
export function webhookSink({ url, secret, wallMs, waiting }: WebhookOptions): ScoreSink {
  const name = new URL(url).host;
  /** Deliveries that may be taken the next time. */
  const passing = new WeakSet<TenonError>();
  const pass = (message: string, afterMs: number | undefined): TenonError => {
    const error = new TenonError("score.sink", message, afterMs === undefined ? {} : { retryAfterMs: afterMs });
    passing.add(error);
    return error;
  };
  const isPassing = (thrown: unknown): thrown is TenonError => thrown instanceof TenonError && passing.has(thrown);
  const deliver = async (body: string, key: string): Promise<void> => {
    const answer = await fetch(url, {
      method: "POST",
      redirect: "manual",
      signal: AbortSignal.timeout(limit.scoreWebhookMsMax),
      headers: {
        "content-type": "application/json",
        "idempotency-key": key,
        "tenon-signature": deliverySignature({ body, secret, nowMs: wallMs() }),
      },
      body,
    }).catch((thrown: unknown) => {
      throw pass(`${name} does not answer: ${messageOf(thrown)}`, undefined);
    });
    await answer.body?.cancel();
    if (answer.status < delivered) return;
    const told = `${name} answered ${answer.status}`;
    if (answer.status === 408 || answer.status === 429 || answer.status >= 500)
      throw pass(told, retryAfterMs(answer.headers.get("retry-after"), wallMs()));
    throw new TenonError("score.sink", told);
  };
  return {
    name,
    check: async () => {},
    close: async () => {},
    async handOver({ prediction, run, columns, handed, read, told }) {
      let { rows: before } = handed;
      for await (const { rows, end } of read(handed.bytes)) {
        const objects = rows.map((row) => Object.fromEntries(columns.map((one) => [one.name, jsonCell(row, one)])));
        const body = JSON.stringify({ prediction, run, firstRow: before + 1, rows: objects });
        await withPatience(() => deliver(body, `${run}-${before + 1}`), isPassing, waiting);
        before += rows.length;
        await told(before, end);
      }
    },
  };
}

/** Seconds, or a date. */
function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
