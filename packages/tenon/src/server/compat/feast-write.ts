import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { EventPlan } from "../../plan/plan.ts";
import { invalidInput } from "../../service/ingest/ingest.ts";
import type { Tenon } from "../../service/tenon.ts";
import { FeastError } from "./feast-error.ts";

/** Columns by name, as a data frame comes. */
export type Frame = Readonly<Record<string, unknown>>;

/** What Feast puts beside a view's own columns. */
const createdColumns = ["created", "created_timestamp"];
/** Feast's times are seconds; ours below this would be of 1973. */
const secondsMax = 1e11;

/** Puts a frame's rows in a table, all or none: `event_timestamp` is from when on they are valid. */
export async function putFrame(tenon: Tenon, tenant: number, view: string, frame: Frame): Promise<void> {
  const table = eventOf(tenon, view, true);
  if (table === undefined) throw unwritable(tenon, view);
  const { rejected, rejectedCount } = await tenon.putAll(tenant, view, rowsOf(frame, table, "validFrom"));
  refuseFirst(view, rejected, rejectedCount);
}

/** Sends a frame's rows as events, or puts them in a table, by the name of the push source. */
export async function pushFrame(tenon: Tenon, tenant: number, source: string, frame: Frame): Promise<void> {
  if (eventOf(tenon, source, true) !== undefined) return putFrame(tenon, tenant, source, frame);
  const event = eventOf(tenon, source, false);
  if (event === undefined)
    throw new FeastError(422, `Unable to find push source '${source}'.`, "PushSourceNotFoundException");
  const { rejected, rejectedCount } = await tenon.ingestAll(tenant, source, rowsOf(frame, event, "at"));
  refuseFirst(source, rejected, rejectedCount);
}

const eventOf = (tenon: Tenon, name: string, isTable: boolean): EventPlan | undefined =>
  tenon.build.app.plan.events.find((event) => event.name === name && (event.table !== undefined) === isTable);

function unwritable(tenon: Tenon, view: string): FeastError {
  if (tenon.build.app.plan.featureSets.some((set) => set.name === view))
    return new FeastError(500, `${view} is computed from events: push those; tables alone are written to`);
  return new FeastError(404, `Can't recognize feast object with a name ${view}`, "FeastObjectNotFoundException");
}

function refuseFirst(
  name: string,
  rejected: readonly { readonly index: number; readonly places: TenonError["places"] }[],
  count: number,
): void {
  const [first] = rejected;
  if (first === undefined) return;
  const what = `row ${first.index} of ${name}, one of ${count} that are wrong, so that none was taken`;
  throw invalidInput(what, first.places);
}

/** Rows of a frame: lists of one length. */
function rowsOf(frame: Frame, event: EventPlan, timeName: "validFrom" | "at"): readonly Frame[] {
  const columns = Object.entries(frame).map(([name, values]) => {
    if (Array.isArray(values)) return [name, values] as const;
    throw new FeastError(422, `df: column '${name}' is no list`);
  });
  const counts = new Set(columns.map(([, values]) => values.length));
  if (counts.size > 1) throw new FeastError(500, "All arrays must be of the same length");
  const [count = 0] = counts;
  if (count > limit.itemsMax)
    throw new TenonError("body.too-large", `${count} rows in one frame; it takes ${limit.itemsMax}`);
  const times = new Set(event.columns.filter(({ type }) => type === "time").map(({ name }) => name));
  return Array.from({ length: count }, (_, row) => {
    const entries = columns.flatMap(([name, values]): [string, unknown][] => {
      const value: unknown = values[row];
      if (name === "event_timestamp") return [[timeName, timeOf(value)]];
      if (createdColumns.includes(name) && !event.columns.some((column) => column.name === name)) return [];
      return [[name, times.has(name) ? timeOf(value) : value]];
    });
    return Object.fromEntries(entries);
  });
}

/** Pandas writes times without a zone, with a space, or as seconds: they are UTC. */
function timeOf(value: unknown): unknown {
  if (typeof value === "number" && Math.abs(value) < secondsMax) return Math.round(value * 1_000);
  if (typeof value !== "string") return value;
  const iso = value.replace(" ", "T");
  return /(Z|[+-]\d{2}:?\d{2})$/.test(iso) ? iso : `${iso}Z`;
}
