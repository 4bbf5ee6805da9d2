import { TenonError } from "../base/error.ts";
import { formatPosition } from "../base/position.ts";
import { presentValue } from "../plan/row-codec.ts";
import { checkTime, isMistake } from "../plan/row-validator.ts";
import { invalidInput } from "../service/ingest/ingest.ts";
import { ingestMixed } from "../service/ingest/ingest-mixed.ts";
import { retractEvents } from "../service/ingest/retract.ts";
import { EventDecoder, retractionTopic } from "../service/materialize/event-decoder.ts";
import { beforeEverythingMs } from "../service/predict/coverage.ts";
import { idsOf, parseJson, readBody } from "./http-request.ts";
import { sendJson } from "./http-response.ts";
import type { Call, Route } from "./route.ts";
import { importMode, takeRows } from "./take-rows.ts";
import type { RetractAnswer } from "./wire.ts";

const recentMax = 200;

export const eventsRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/events/:event",
    scope: "ingest",
    summary: "Takes one event, an array, or NDJSON",
    handle: takeEvents,
  },
  {
    method: "POST",
    path: "/events",
    scope: "ingest",
    summary: "Takes events of several names, each with its `type`, or CloudEvents",
    handle: takeMixed,
  },
  {
    method: "POST",
    path: "/events/:event/retract",
    scope: "admin",
    summary: "Takes events back by their ids",
    handle: takeBack,
  },
  { method: "GET", path: "/events/:event/recent", scope: "admin", summary: "The newest events", handle: recentEvents },
];

async function takeEvents(call: Call): Promise<void> {
  const { tenon, response, caller, parameters } = call;
  const event = parameters.event ?? "";
  const mode = importMode(call);
  const wholeFromMs = mode === undefined ? undefined : wholeFrom(call);
  const many = (rows: readonly unknown[]) => tenon.ingest(caller.tenant, event, rows, mode);
  const one = (row: unknown) => tenon.ingestOne(caller.tenant, event, row);
  const answer = await takeRows(call, mode === undefined ? { many, one } : { many });
  if (wholeFromMs !== undefined) await tenon.declareWhole(caller.tenant, event, wholeFromMs);
  sendJson(response, 202, answer);
}

async function takeMixed(call: Call): Promise<void> {
  const mode = importMode(call);
  const many = (items: readonly unknown[]) => ingestMixed(call.tenon, call.caller.tenant, items, mode);
  const one = async (item: unknown) => {
    const taken = await many([item]);
    const [reject] = taken.rejected;
    if (reject !== undefined) throw invalidInput("the event cannot be taken", reject.places);
    return taken;
  };
  sendJson(call.response, 202, await takeRows(call, { many, one }));
}

/** `complete=true`: the source had nothing earlier. `completeFrom=TIME`: it has, and all since then is in the import. */
function wholeFrom({ query }: Call): number | undefined {
  const from = query.get("completeFrom");
  if (from === null) return query.get("complete") === "true" ? beforeEverythingMs : undefined;
  const ms = checkTime(from);
  if (isMistake(ms)) throw new TenonError(ms.code, `completeFrom: ${ms.message}`);
  return ms;
}

/** `{"ids":["a","b"]}` */
async function takeBack({ tenon, request, response, caller, parameters }: Call): Promise<void> {
  const body = parseJson(await readBody(request));
  const ids = idsOf(body);
  if (ids === undefined) throw new TenonError("field.type", `the body is { "ids": ["…"] }, the ids of the events`);
  const { lastSeq, ...counts } = await retractEvents(tenon, caller.tenant, parameters.event ?? "", ids);
  const answer: RetractAnswer = { ...counts, position: formatPosition(lastSeq) };
  sendJson(response, 202, answer);
}

async function recentEvents({ tenon, response, caller, parameters, query }: Call): Promise<void> {
  const { plan } = tenon.build.app;
  const event = plan.events.find((candidate) => candidate.name === parameters.event);
  if (event === undefined) throw new TenonError("event.unknown", `the app has no event "${parameters.event}"`);
  const count = Math.max(1, Math.min(recentMax, Number(query.get("limit") ?? 50) || 50));
  const decoder = new EventDecoder(event, tenon.catalogue);
  const entries = await tenon.log.newest(caller.tenant, tenon.catalogue.topics[event.name], count);
  const retractions = tenon.catalogue.topics[retractionTopic(event.name)];
  const retracted = await Promise.all(entries.map(({ id }) => tenon.log.find(caller.tenant, retractions, id)));
  const events = entries.map((entry, place) => {
    const values = decoder.decode(entry.payload);
    const row = Object.fromEntries(event.columns.map((column, i) => [column.name, presentValue(column, values[i])]));
    return {
      id: entry.id,
      retracted: retracted[place] !== undefined,
      at: new Date(entry.atMs),
      receivedAt: new Date(entry.receivedAtMs),
      position: formatPosition(entry.seq),
      row,
    };
  });
  sendJson(response, 200, { events });
}
