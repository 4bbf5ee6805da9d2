import { messageOf, TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { fieldOf } from "../base/record.ts";
import { checkTime, isMistake } from "../plan/row-validator.ts";
import type { Tenon } from "../service/tenon.ts";
import { describeBatch, describeBatches } from "./describe-batches.ts";
import { parseJson, readBody } from "./http-request.ts";
import { sendJson } from "./http-response.ts";
import type { Call, Route } from "./route.ts";
import type { BatchBegun, BatchesAnswer } from "./wire.ts";

export const batchesRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/batches",
    scope: "admin",
    summary: "The batches of the app with their runs",
    handle: ({ tenon, response, caller }) => {
      const answer: BatchesAnswer = { batches: describeBatches(tenon, caller) };
      sendJson(response, 200, answer);
    },
  },
  {
    method: "GET",
    path: "/batches/:batch",
    scope: "admin",
    summary: "A batch with its runs, newest first",
    handle: ({ tenon, response, caller, parameters }) =>
      sendJson(response, 200, describeBatch(tenon, caller, tenon.batches.set(parameters.batch ?? ""))),
  },
  {
    method: "POST",
    path: "/batches/:batch/run",
    scope: "admin",
    summary: "Begins a run of a batch, as of now",
    handle: (call) => begin(call, (tenon, name) => tenon.batches.run(name)),
  },
  {
    method: "POST",
    path: "/batches/:batch/backfill",
    scope: "admin",
    summary: "Begins to compute a batch for past times of its schedule",
    handle: backfill,
  },
];

async function backfill(call: Call): Promise<void> {
  const body = parseJson(await readBody(call.request, limit.bodyBytesMax));
  const until = fieldOf(body, "until");
  const fromMs = timeOf("from", fieldOf(body, "from"));
  const untilMs = until === undefined ? Number.POSITIVE_INFINITY : timeOf("until", until);
  begin(call, (tenon, name) => tenon.batches.backfill(name, { fromMs, untilMs }));
}

function timeOf(name: string, value: unknown): number {
  const time = checkTime(value);
  if (isMistake(time)) throw new TenonError("field.type", `${name}: ${time.message}`);
  return time;
}

/** Answers once it has begun: what becomes of it is in the runs. */
function begin({ tenon, response, parameters }: Call, work: (tenon: Tenon, name: string) => Promise<unknown>): void {
  const name = parameters.batch ?? "";
  work(tenon, name).catch((thrown: unknown) =>
    tenon.logger.debug({ batch: name, error: messageOf(thrown) }, "a run that was asked for failed"),
  );
  const answer: BatchBegun = { batch: name, state: "running" };
  sendJson(response, 202, answer);
}
