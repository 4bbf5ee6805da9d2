import { once } from "node:events";
import { TenonError } from "../base/error.ts";
import type { Predicted } from "../service/predict/predictor.ts";
import { readLines } from "./http-request.ts";
import { problemOf } from "./http-response.ts";
import { inTurn } from "./in-turn.ts";
import type { Call } from "./route.ts";

/** Lines that are predicted for together. */
const linesPerBatch = 200;

interface LineOptions {
  readonly budgetMs: number | undefined;
  readonly variant: string | undefined;
  readonly answer: (predicted: Predicted) => object;
}

/**
 * Answers NDJSON with NDJSON, while it still comes: a line for each line, in their order, with its answer or with
 * `{"error": problem}`. A body that cannot be read to its end has that as its last line. No line is held for longer than
 * its batch, and a reader that is slow slows its sender down.
 */
export async function predictLines(call: Call, name: string, o: LineOptions): Promise<void> {
  const { request, response } = call;
  const take = async (lines: readonly unknown[]): Promise<void> => {
    for (let i = 0; i < lines.length; i += linesPerBatch)
      await answerLines(call, name, lines.slice(i, i + linesPerBatch), o);
  };
  try {
    for await (const lines of readLines(request)) {
      await take(lines);
      if (response.destroyed) return;
    }
  } catch (thrown) {
    // Before the first answer the whole call is refused, as every other one is.
    if (!response.headersSent || !(thrown instanceof TenonError)) throw thrown;
    response.write(`${JSON.stringify({ error: problemOf(thrown, response) })}\n`);
  }
  begin(call);
  response.end();
}

async function answerLines(
  call: Call,
  name: string,
  lines: readonly unknown[],
  { budgetMs, variant, answer }: LineOptions,
): Promise<void> {
  const { tenon, caller, response } = call;
  const answers = await inTurn(call, name, (queuedMs) =>
    tenon.predictions.each(caller.tenant, name, lines, { budgetMs, variant, queuedMs }),
  );
  begin(call);
  const text = answers
    .map((one) => (one instanceof TenonError ? { error: problemOf(one, response) } : answer(one)))
    .map((told) => `${JSON.stringify(told)}\n`)
    .join("");
  if (!response.write(text) && !response.destroyed)
    await Promise.race([once(response, "drain"), once(response, "close")]);
}

function begin({ response }: Call): void {
  if (response.headersSent) return;
  response.writeHead(200, {
    "content-type": "application/x-ndjson",
    "x-request-id": response.requestId,
    "cache-control": "no-store",
  });
}
