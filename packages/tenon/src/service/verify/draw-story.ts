import { durationMs } from "../../base/duration.ts";
import { type Random, randomBelow } from "../../base/random.ts";
import { type EventPlan, isSent, type Plan } from "../../plan/plan.ts";
import { pick, RowDrawer } from "./draw-row.ts";
import type { PlainValue } from "./known-rows.ts";
import type { Happening, SentRow } from "./story.ts";

export interface StoryTerms {
  readonly startMs: number;
  readonly tenants: readonly string[];
  /** Rows that each tenant sends. */
  readonly rows: number;
}

const batchMax = 8;
const restartsMax = 2;
/** Far enough from the dedup horizon that a repeat is one. */
const repeatMs = durationMs("1d");
const importMs = durationMs("3d");
const lateMs = durationMs("6h");
/** Steps at which the clock jumps by a window's length: what is behind the online rows is slow to read. */
const jumpShare = 0.02;
/** A jump of the clock, at most: one of a year would make days of every window. */
const jumpMsMax = durationMs("40d");

/** What one tenant has sent so far. */
interface Sender {
  readonly tenant: string;
  readonly sent: { readonly event: string; readonly row: SentRow; readonly atMs: number; readonly imported: boolean }[];
  rows: number;
}

/**
 * Draws what happens to an app from its event schemas: late, too late, twice, out of order, imported, taken back, tables'
 * rows put and taken out, restarts; and times about the ends of its windows.
 */
export class StoryDrawer {
  readonly #random: Random;
  readonly #events: readonly RowDrawer[];
  readonly #tables: readonly RowDrawer[];
  readonly #spans: readonly number[];
  #nowMs = 0;
  #marks = 0;
  #restarts = 0;

  constructor(plan: Plan, random: Random) {
    this.#random = random;
    this.#events = plan.events.filter(isSent).map((event) => this.#drawer(plan, event));
    this.#tables = plan.events.filter(({ table }) => table !== undefined).map((event) => this.#drawer(plan, event));
    this.#spans = spansOf(plan);
  }

  get #isEmpty(): boolean {
    return this.#events.length + this.#tables.length === 0;
  }

  /** A story of several tenants, who share nothing but the clock. */
  draw({ startMs, tenants, rows }: StoryTerms): Happening[] {
    const story: Happening[] = [];
    this.#nowMs = startMs;
    this.#restarts = 0;
    const senders = tenants.map((tenant): Sender => ({ tenant, sent: [], rows: 0 }));
    for (let open = senders; open.length > 0 && !this.#isEmpty; open = open.filter((sender) => sender.rows < rows)) {
      this.#nowMs += this.#gapMs();
      story.push(...this.#step(pick(this.#random, open)));
    }
    return story;
  }

  #drawer(plan: Plan, event: EventPlan): RowDrawer {
    const { table } = event;
    if (table === undefined) return new RowDrawer(plan, event, this.#random);
    // In the log all may be null: a put says which may not.
    const columns = event.columns.filter(({ name }) => name !== "deleted");
    const put = columns.map((column) => ({ ...column, nullable: !table.required.includes(column.name) }));
    return new RowDrawer(plan, { ...event, columns: put }, this.#random);
  }

  #gapMs(): number {
    const random = this.#random;
    if (this.#spans.length === 0 || random() > jumpShare) return 1 + randomBelow(random, 4_000);
    const span = pick(random, this.#spans);
    return Math.min(jumpMsMax, random() < 0.5 ? 1 + randomBelow(random, span) : span + randomBelow(random, 2));
  }

  #step(sender: Sender): Happening[] {
    const random = this.#random;
    const told = { atMs: this.#nowMs, tenant: sender.tenant };
    const happenings: Happening[] = [];
    if (this.#events.length > 0) happenings.push(this.#send(sender));
    if (random() < 0.15 && sender.sent.length > 0) {
      const { event } = pick(random, sender.sent);
      const own = sender.sent.filter((sent) => sent.event === event);
      const ids = [...new Set([pick(random, own), pick(random, own)].map(({ row }) => String(row.id)))];
      happenings.push({ ...told, does: "retract", event, ids });
    }
    if (this.#tables.length > 0 && (random() < 0.3 || this.#events.length === 0)) happenings.push(this.#put(sender));
    if (random() < 0.3) happenings.push({ ...told, does: "mark", mark: this.#marks++ });
    if (random() < 0.01 && this.#restarts++ < restartsMax) happenings.push({ ...told, does: "restart" });
    return happenings;
  }

  #send(sender: Sender): Happening {
    const random = this.#random;
    const drawer = pick(random, this.#events);
    const { event } = drawer;
    const imported = random() < 0.15;
    const ids = (name: string): string[] =>
      sender.sent.flatMap((sent) => (sent.event === name ? [String(sent.row.id)] : []));
    const first = sender.sent.length;
    const fresh = Array.from({ length: 1 + randomBelow(random, batchMax) }, (_, i) => {
      const at = this.#eventAt(event, imported);
      const receivedAt = Math.min(at + randomBelow(random, 3_600_000), this.#nowMs);
      const values = drawer.draw(this.#nowMs, ids);
      return { id: `${event.name.slice(0, 12)}-${first + i}`, at, ...values, ...(imported ? { receivedAt } : {}) };
    });
    const known = sender.sent.filter(
      (sent) => sent.event === event.name && sent.imported === imported && this.#nowMs - sent.atMs < repeatMs,
    );
    const repeated = known.length > 0 && random() < 0.3 ? [pick(random, known).row] : [];
    for (const row of fresh) sender.sent.push({ event: event.name, row, atMs: this.#nowMs, imported });
    sender.rows += fresh.length;
    return {
      does: "send",
      atMs: this.#nowMs,
      tenant: sender.tenant,
      event: event.name,
      rows: [...repeated, ...fresh],
      imported,
    };
  }

  /** Most have just happened; some lie at the end of a window, some are later than is accepted. */
  #eventAt(event: EventPlan, imported: boolean): number {
    const random = this.#random;
    const chance = random();
    const latestMs = imported ? importMs : event.lateMs;
    if (!imported && chance < 0.7) return this.#nowMs - randomBelow(random, 3);
    if (!imported && chance < 0.72) return this.#nowMs - event.lateMs - 1 - randomBelow(random, 1_000);
    const spans = this.#spans.filter((span) => span + 2 < latestMs);
    if (spans.length > 0 && chance < 0.85) return this.#nowMs - pick(random, spans) - 1 + randomBelow(random, 3);
    return this.#nowMs - randomBelow(random, Math.min(latestMs, imported ? importMs : lateMs) + 1);
  }

  #put(sender: Sender): Happening {
    const random = this.#random;
    const drawer = pick(random, this.#tables);
    const key = drawer.event.table?.key ?? "";
    const rows = Array.from({ length: 1 + randomBelow(random, 3) }, (): SentRow => {
      const validFrom = this.#nowMs - (random() < 0.3 ? randomBelow(random, 3_600_000) : randomBelow(random, 2));
      const values: Record<string, PlainValue> = drawer.draw(this.#nowMs, () => []);
      return random() < 0.15 ? { [key]: values[key], validFrom, deleted: true } : { ...values, validFrom };
    });
    sender.rows += rows.length;
    return { does: "put", atMs: this.#nowMs, tenant: sender.tenant, table: drawer.event.name, rows };
  }
}

/** The lengths that matter to an app: of its windows, hops, rows' lives and labels. */
function spansOf({ featureSets, labels }: Plan): number[] {
  const spans = [
    ...featureSets.flatMap(({ columns }) => columns.flatMap(({ windowMs, hopMs }) => [windowMs, hopMs ?? 0])),
    ...featureSets.map(({ table }) => table?.ttlMs ?? 0),
    ...labels.map(({ withinMs }) => withinMs),
  ];
  return [...new Set(spans)].filter((span) => span > 0 && Number.isFinite(span)).sort((a, b) => a - b);
}
