import { durationMs } from "../base/duration.ts";
import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { formatPosition } from "../base/position.ts";
import { presentValue } from "../plan/row-codec.ts";
import { checkTime, isMistake } from "../plan/row-validator.ts";
import { requireScope } from "../service/govern/api-keys.ts";
import type { ImportMode, Ingested } from "../service/ingest/ingest.ts";
import { patiently } from "../service/ingest/patiently.ts";
import { retractEvents } from "../service/ingest/retract.ts";
import { EventDecoder, retractionTopic } from "../service/materialize/event-decoder.ts";
import { beforeEverythingMs } from "../service/predict/coverage.ts";
import { idsOf, parseJson, readBody, readLines } from "./http-request.ts";
import { sendJson } from "./http-response.ts";
import type { Call, Route } from "./route.ts";
import type { EventsAnswer, Rejected, RetractAnswer } from "./wire.ts";

/** Lines of an NDJSON body that are taken together. */
const linesPerBatch = 2_000;
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
    path: "/events/:event/retract",
    scope: "admin",
    summary: "Takes events back by their ids",
    handle: takeBack,
  },
  { method: "GET", path: "/events/:event/recent", scope: "admin", summary: "The newest events", handle: recentEvents },
];

async function takeEvents(call: Call): Promise<void> {
  const { tenon, request, response, caller } = call;
  const event = call.parameters.event ?? "";
  const mode = importMode(call);
  const wholeFromMs = mode === undefined ? undefined : wholeFrom(call);
  const isLines = (request.headers["content-type"] ?? "").includes("ndjson");
  const answer = isLines ? await takeLines(call, event, mode) : await takeBody(call, event, mode);
  if (wholeFromMs !== undefined) await tenon.declareWhole(caller.tenant, event, wholeFromMs);
  sendJson(response, 202, answer);
}

async function takeBody(call: Call, event: string, mode: ImportMode | undefined): Promise<EventsAnswer> {
  const { tenon, request, caller } = call;
  const body = parseJson(await readBody(request));
  if (!Array.isArray(body) && mode === undefined) return answerOf(await tenon.ingestOne(caller.tenant, event, body));
  const rows: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (rows.length > limit.itemsMax)
    throw new TenonError(
      "body.too-large",
      `${rows.length} events in one array; it takes ${limit.itemsMax}, NDJSON takes any number`,
    );
  return answerOf(await tenon.ingest(caller.tenant, event, rows, mode));
}

/** `complete=true`: the source had nothing earlier. `completeFrom=TIME`: it has, and all since then is in the import. */
function wholeFrom({ query }: Call): number | undefined {
  const from = query.get("completeFrom");
  if (from === null) return query.get("complete") === "true" ? beforeEverythingMs : undefined;
  const ms = checkTime(from);
  if (isMistake(ms)) throw new TenonError(ms.code, `completeFrom: ${ms.message}`);
  return ms;
}

/** `?import=true&latency=5m`: an import carries its source's times. */
function importMode(call: Call): ImportMode | undefined {
  if (call.query.get("import") !== "true") return undefined;
  requireScope(call.caller, "admin");
  const latency = call.query.get("latency");
  return { latencyMs: latency === null ? 0 : durationMs(latency) };
}

async function takeLines(call: Call, event: string, mode: ImportMode | undefined): Promise<EventsAnswer> {
  const total = { accepted: 0, duplicate: 0, conflict: 0, late: 0, rejectedCount: 0, lastSeq: call.tenon.log.lastSeq };
  const rejected: Rejected[] = [];
  let index = 0;
  const take = async (rows: readonly unknown[]): Promise<void> => {
    const good = rows.filter((row) => !(row instanceof TenonError));
    const places = rows.flatMap((row, i) => (row instanceof TenonError ? [] : [index + i]));
    for (const [i, row] of rows.entries()) {
      if (!(row instanceof TenonError)) continue;
      total.rejectedCount++;
      if (rejected.length < limit.rejectsTold)
        rejected.push({ index: index + i, code: row.code, message: row.message });
    }
    index += rows.length;
    const ingested = await patiently(
      () => call.tenon.ingest(call.caller.tenant, event, good, mode),
      () => `${total.accepted} lines were taken`,
    );
    total.accepted += ingested.accepted;
    total.duplicate += ingested.duplicate;
    total.conflict += ingested.conflict;
    total.late += ingested.late;
    total.rejectedCount += ingested.rejectedCount;
    total.lastSeq = Math.max(total.lastSeq, ingested.lastSeq);
    for (const reject of rejectsOf(ingested))
      if (rejected.length < limit.rejectsTold) rejected.push({ ...reject, index: places[reject.index] });
  };
  let waiting: unknown[] = [];
  for await (const lines of readLines(call.request)) {
    waiting = waiting.length === 0 ? [...lines] : waiting.concat(lines);
    if (waiting.length < linesPerBatch) continue;
    await take(waiting);
    waiting = [];
  }
  if (waiting.length > 0) await take(waiting);
  const { lastSeq, ...counts } = total;
  return { ...counts, rejected: rejected.sort((a, b) => a.index - b.index), position: formatPosition(lastSeq) };
}

const rejectsOf = (ingested: Ingested): Rejected[] =>
  ingested.rejected.map(({ index, places }) => ({
    index,
    code: places[0]?.code ?? "input.invalid",
    message: places.map((place) => `${place.path}: ${place.message}`).join("; "),
  }));

function answerOf(ingested: Ingested): EventsAnswer {
  const { accepted, duplicate, conflict, late, rejectedCount, lastSeq } = ingested;
  return {
    accepted,
    duplicate,
    conflict,
    late,
    rejected: rejectsOf(ingested),
    rejectedCount,
    position: formatPosition(lastSeq),
  };
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
