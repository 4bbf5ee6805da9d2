import { durationMs } from "../../base/duration.ts";
import type { EventPlan, Plan } from "../../plan/plan.ts";
import { type KnownBy, type KnownTimes, latestRow } from "./brute-force.ts";
import type { Happening, SentRow, Story } from "./story.ts";

export type PlainValue = string | number | boolean | null;

/** An event, or a row of a table, as the brute force knows it: from a story, or from a log. */
export interface KnownRow extends KnownTimes {
  readonly event: string;
  readonly tenant: string;
  readonly id: string;
  readonly loggedAt: number;
  /** By column; times in milliseconds, decimals as they are written. */
  readonly values: Readonly<Record<string, PlainValue>>;
}

type Sent = Extract<Happening, { does: "send" }>;
type Put = Extract<Happening, { does: "put" }>;
type Retract = Extract<Happening, { does: "retract" }>;

/** How long an id is remembered: a second event with it counts once. */
const dedupMs = durationMs("7d");

/** What an app knows once a story was told, by the definitions alone; positions are places in the story. */
export function knownRows(plan: Plan, story: Story): KnownRow[] {
  const rows: KnownRow[] = [];
  const eventOf = (name: string): EventPlan => {
    const event = plan.events.find((candidate) => candidate.name === name);
    if (event === undefined) throw new RangeError(`the app has no event "${name}"`);
    return event;
  };
  for (const [place, happening] of story.entries()) {
    if (happening.does === "send") takeSent(plan, rows, eventOf(happening.event), happening, place);
    else if (happening.does === "put") takePut(rows, eventOf(happening.table), happening, place);
    else if (happening.does === "retract") takeBack(rows, happening, place);
  }
  return rows;
}

function takeSent(plan: Plan, rows: KnownRow[], event: EventPlan, sent: Sent, place: number): void {
  for (const row of sent.rows) {
    const at = Number(row.at);
    const id = String(row.id);
    if (!sent.imported && at < sent.atMs - event.lateMs) continue;
    const known = newestOf(rows, { event: event.name, tenant: sent.tenant, id });
    if (known >= 0 && rows[known].loggedAt >= sent.atMs - dedupMs) continue;
    const receivedAt = receivedAtOf(row, at, sent.atMs);
    const values = valuesOf(event, row);
    const looked = lookedUp(plan, event, rows, {
      tenant: sent.tenant,
      values,
      at,
      known: { at: receivedAt, seqMax: place },
    });
    rows.push({
      event: event.name,
      tenant: sent.tenant,
      id,
      at,
      receivedAt,
      loggedAt: sent.atMs,
      loggedBy: place,
      order: rows.length,
      values: { ...values, ...looked },
    });
  }
}

/** What the tables say of an event's time, as far as it was known when the event came. */
function lookedUp(
  { featureSets, events }: Plan,
  { columns }: EventPlan,
  rows: readonly KnownRow[],
  o: { readonly tenant: string; readonly values: KnownRow["values"]; readonly at: number; readonly known: KnownBy },
): KnownRow["values"] {
  const found = columns.flatMap(({ name, lookup }): [string, PlainValue][] => {
    if (lookup === undefined) return [];
    const set = featureSets.find((candidate) => candidate.name === lookup.set);
    const keyColumn = events.find((candidate) => candidate.name === lookup.set)?.table?.key;
    const key = o.values[lookup.key];
    const own = rows.filter(
      ({ event, tenant, values }) => event === lookup.set && tenant === o.tenant && values[keyColumn ?? ""] === key,
    );
    const { row } = latestRow(own, o.at, set?.table?.ttlMs ?? Number.POSITIVE_INFINITY, o.known);
    return [
      [
        name,
        key === null || row === undefined || row.values.deleted === true ? null : (row.values[lookup.column] ?? null),
      ],
    ];
  });
  return Object.fromEntries(found);
}

/** An imported row says itself when it was received: not before it happened, and not after it was sent. */
const receivedAtOf = ({ receivedAt }: SentRow, at: number, sentAt: number): number =>
  receivedAt === undefined ? sentAt : Math.min(Math.max(Number(receivedAt), at), sentAt);

function takePut(rows: KnownRow[], event: EventPlan, put: Put, place: number): void {
  for (const row of put.rows) {
    const at = Number(row.validFrom);
    const receivedAt = receivedAtOf(row, at, put.atMs);
    const times = { receivedAt, loggedAt: put.atMs, loggedBy: place, order: rows.length };
    rows.push({ event: event.name, tenant: put.tenant, id: "", at, ...times, values: valuesOf(event, row) });
  }
}

function takeBack(rows: KnownRow[], { tenant, event, ids, atMs }: Retract, place: number): void {
  for (const id of ids) {
    const found = newestOf(rows, { event, tenant, id });
    if (found < 0 || rows[found].retracted !== undefined) continue;
    const row = rows[found];
    rows[found] = { ...row, retracted: { at: Math.max(atMs, row.receivedAt), loggedBy: place } };
  }
}

const newestOf = (rows: readonly KnownRow[], one: Pick<KnownRow, "event" | "tenant" | "id">): number =>
  rows.findLastIndex(({ event, tenant, id }) => id === one.id && event === one.event && tenant === one.tenant);

function valuesOf({ columns }: EventPlan, row: SentRow): KnownRow["values"] {
  return Object.fromEntries(
    columns.map(({ name, type }) => {
      const value = row[name] ?? null;
      if (typeof value === "string" && type === "time") return [name, Date.parse(value)];
      const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
      return [name, isPlain ? value : name === "deleted" ? false : null];
    }),
  );
}
