import { durationMs } from "../base/duration.ts";
import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { formatPosition } from "../base/position.ts";
import { requireScope } from "../service/govern/api-keys.ts";
import type { ImportMode } from "../service/ingest/import-mode.ts";
import type { Ingested } from "../service/ingest/ingest.ts";
import { patiently } from "../service/ingest/patiently.ts";
import { parseJson, readBody, readLines } from "./http-request.ts";
import type { Call } from "./route.ts";
import type { EventsAnswer, Rejected } from "./wire.ts";

/** Lines of an NDJSON body that are taken together. */
const linesPerBatch = 2_000;

/** What takes the rows of a call: many, and one where a single bad one is an error. */
export interface RowTaker {
  readonly many: (rows: readonly unknown[]) => Promise<Ingested>;
  readonly one?: (row: unknown) => Promise<Ingested>;
}

/** Takes a call's rows: one, an array, or NDJSON. */
export async function takeRows(call: Call, taker: RowTaker): Promise<EventsAnswer> {
  const isLines = (call.request.headers["content-type"] ?? "").includes("ndjson");
  return isLines ? takeLines(call, taker) : takeBody(call, taker);
}

async function takeBody(call: Call, { one, many }: RowTaker): Promise<EventsAnswer> {
  const body = parseJson(await readBody(call.request));
  if (!Array.isArray(body) && one !== undefined) return answerOf(await one(body));
  const rows: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (rows.length > limit.itemsMax)
    throw new TenonError(
      "body.too-large",
      `${rows.length} rows in one array; it takes ${limit.itemsMax}, NDJSON takes any number`,
    );
  return answerOf(await many(rows));
}

async function takeLines(call: Call, { many }: RowTaker): Promise<EventsAnswer> {
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
      () => many(good),
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

/** `?import=true&latency=5m`: an import carries its source's times. */
export function importMode(call: Call): ImportMode | undefined {
  if (call.query.get("import") !== "true") return undefined;
  requireScope(call.caller, "admin");
  const latency = call.query.get("latency");
  return { latencyMs: latency === null ? 0 : durationMs(latency) };
}

const rejectsOf = (ingested: Ingested): Rejected[] =>
  ingested.rejected.map(({ index, places }) => ({
    index,
    code: places[0]?.code ?? "input.invalid",
    message: places.map((place) => `${place.path}: ${place.message}`).join("; "),
  }));

/** What became of rows, as it is answered. */
export function answerOf(ingested: Ingested): EventsAnswer {
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
