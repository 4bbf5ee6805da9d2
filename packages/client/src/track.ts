import type { CallOptions, Rejected, Tracked } from "./client-types.ts";
import { newId } from "./new-id.ts";
import { post, type TransportOptions } from "./transport.ts";

type Row = Readonly<Record<string, unknown>>;

/** Rows of one request: a lost answer repeats at most so many. */
const rowsPerRequest = 1_000;
/** Rejects told by index; the rest are counted. */
const rejectsTold = 1_000;

/**
 * Sends one event, or many. Each has an id before it leaves, so that what is sent again counts once.
 * @throws TenonClientError for a single event that is bad; of many, the bad ones are in `rejected`
 */
export async function track(
  o: TransportOptions,
  event: string,
  rows: Row | readonly Row[],
  options?: CallOptions,
): Promise<Tracked> {
  const path = `/events/${encodeURIComponent(event)}`;
  const about = { path, isRepeatable: true, options };
  if (!isMany(rows))
    return post<Tracked>(o, { ...about, body: JSON.stringify(withId(rows)), contentType: "application/json" });
  let total: Tracked = {
    accepted: 0,
    duplicate: 0,
    conflict: 0,
    late: 0,
    rejected: [],
    rejectedCount: 0,
    position: "p0",
  };
  for (let first = 0; first < rows.length; first += rowsPerRequest) {
    // Lines have no bound on their whole: an array of large rows would.
    const lines = rows.slice(first, first + rowsPerRequest).map((row) => `${JSON.stringify(withId(row))}\n`);
    const taken = await post<Tracked>(o, { ...about, body: lines.join(""), contentType: "application/x-ndjson" });
    total = sum(total, taken, first);
  }
  return total;
}

const isMany = (rows: Row | readonly Row[]): rows is readonly Row[] => Array.isArray(rows);

const withId = (row: Row): Row => (row.id === undefined || row.id === null ? { ...row, id: newId() } : row);

function sum(total: Tracked, taken: Tracked, first: number): Tracked {
  const moved = taken.rejected.map((reject): Rejected => ({ ...reject, index: reject.index + first }));
  return {
    accepted: total.accepted + taken.accepted,
    duplicate: total.duplicate + taken.duplicate,
    conflict: total.conflict + taken.conflict,
    late: total.late + taken.late,
    rejected: [...total.rejected, ...moved].slice(0, rejectsTold),
    rejectedCount: total.rejectedCount + taken.rejectedCount,
    position: taken.position,
  };
}
