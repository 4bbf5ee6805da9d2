import { TenonError } from "../base/error.ts";
import { formatPosition } from "../base/position.ts";
import { fieldOf } from "../base/record.ts";
import { presentValue } from "../plan/row-codec.ts";
import { decodeDeadLetter } from "../service/ingest/dead-letter.ts";
import { DeadLetters, type Settlement } from "../service/ingest/dead-letters.ts";
import { EventDecoder } from "../service/materialize/event-decoder.ts";
import { idsOf, parseJson, readBody } from "./http-request.ts";
import { sendJson } from "./http-response.ts";
import type { Call, Route } from "./route.ts";
import type { DeadLettersAnswer, SettledAnswer } from "./wire.ts";

const listedMax = 200;

export const deadLettersRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/events/:event/dead",
    scope: "admin",
    summary: "Events that were not taken, with the reason",
    handle: list,
  },
  {
    method: "POST",
    path: "/events/:event/dead/replay",
    scope: "admin",
    summary: "Takes dead letters into the event after all",
    handle: (call) => settle(call, "replay"),
  },
  {
    method: "POST",
    path: "/events/:event/dead/drop",
    scope: "admin",
    summary: "Drops dead letters for good",
    handle: (call) => settle(call, "drop"),
  },
];

async function list({ tenon, response, caller, parameters, query }: Call): Promise<void> {
  const name = parameters.event ?? "";
  const letters = new DeadLetters(tenon, caller.tenant, name);
  const event = tenon.build.app.plan.events.find((candidate) => candidate.name === name)!;
  const decoder = new EventDecoder(event, tenon.catalogue);
  const count = Math.max(1, Math.min(listedMax, Number(query.get("limit") ?? 50) || 50));
  const entries = await letters.open(count);
  const answer: DeadLettersAnswer = {
    letters: entries.map((entry) => {
      const { code, message, payload } = decodeDeadLetter(entry.payload);
      const values = decoder.decode(payload);
      return {
        id: entry.id,
        at: new Date(entry.atMs).toISOString(),
        receivedAt: new Date(entry.receivedAtMs).toISOString(),
        code,
        message,
        row: Object.fromEntries(
          event.columns.map((column, i) => [column.name, shown(presentValue(column, values[i]))]),
        ),
      };
    }),
  };
  sendJson(response, 200, answer);
}

const shown = (value: ReturnType<typeof presentValue>): string | number | boolean | null =>
  value instanceof Date ? value.toISOString() : value;

/** `{"ids":["a","b"]}` or `{"all":true}` */
async function settle({ tenon, request, response, caller, parameters }: Call, how: Settlement): Promise<void> {
  const body = parseJson(await readBody(request));
  const isAll = fieldOf(body, "all") === true;
  const ids = isAll ? undefined : idsOf(body);
  if (ids === undefined && !isAll)
    throw new TenonError("field.type", `the body is { "ids": ["…"] }, the ids of the dead letters, or { "all": true }`);
  const settled = await new DeadLetters(tenon, caller.tenant, parameters.event ?? "").settle(how, ids);
  const { lastSeq, ...counts } = settled;
  const answer: SettledAnswer = { ...counts, position: formatPosition(lastSeq) };
  sendJson(response, 202, answer);
}
