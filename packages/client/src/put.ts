import type { CallOptions, Put, Rejected } from "./client-types.ts";
import { post, type TransportOptions } from "./transport.ts";

type Row = Readonly<Record<string, unknown>>;

/** Rows of one request: a lost answer repeats at most so many. */
const rowsPerRequest = 1_000;
/** Rejects told by index; the rest are counted. */
const rejectsTold = 1_000;

/**
 * Puts one row in a table, or many.
 * @throws TenonClientError for a single row that is bad; of many, the bad ones are in `rejected`
 */
export async function put(
  o: TransportOptions,
  table: string,
  rows: Row | readonly Row[],
  options?: CallOptions,
): Promise<Put> {
  const send = (sent: Row | readonly Row[]): Promise<Put> =>
    post<Put>(o, {
      method: "PUT",
      path: `/tables/${encodeURIComponent(table)}`,
      body: JSON.stringify(sent),
      contentType: "application/json",
      // Without a time a row is valid from when it arrives: a second one could undo what came between.
      isRepeatable: (isMany(sent) ? sent : [sent]).every(({ validFrom }) => validFrom !== undefined),
      options,
    });
  if (!isMany(rows)) return send(rows);
  let total: Put = { accepted: 0, rejected: [], rejectedCount: 0, position: "p0" };
  for (let first = 0; first < rows.length; first += rowsPerRequest) {
    const taken = await send(rows.slice(first, first + rowsPerRequest));
    const moved = taken.rejected.map((reject): Rejected => ({ ...reject, index: reject.index + first }));
    total = {
      accepted: total.accepted + taken.accepted,
      rejected: [...total.rejected, ...moved].slice(0, rejectsTold),
      rejectedCount: total.rejectedCount + taken.rejectedCount,
      position: taken.position,
    };
  }
  return total;
}

const isMany = (rows: Row | readonly Row[]): rows is readonly Row[] => Array.isArray(rows);
