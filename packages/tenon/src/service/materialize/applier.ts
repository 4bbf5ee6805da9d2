import { limit } from "../../base/limit.ts";
import type { LaneLayout } from "../../engine/window/lane-layout.ts";
import type { EventPlan, Plan } from "../../plan/plan.ts";
import type { EventLogReader, LogEntry } from "../../ports/event-log.ts";
import type { OnlineWriter, SweptLane } from "../../ports/online-store.ts";
import { type Catalogue, EventDecoder, eventTopics } from "./event-decoder.ts";
import { type FillBounds, type FillRoute, LaneFill, type LaneKept } from "./lane-fill.ts";
import { LaneHistory } from "./lane-history.ts";
import { LaneRows, laneLayout } from "./lane-rows.ts";
import type { UpdateCosts } from "./update-costs.ts";

/** Beyond a lane's longest window, for reads that travel a little back in time. */
export const travelMs = 24 * 3_600_000;
/** Entries without a row that may pass before the position is stored. */
const unstoredMax = 20_000;

/** From the end of one sweep for untouched keys to the next, on the log's clock. */
const sweepEveryMs = 3_600_000;

/** One event of the plan: how to read it, and the lanes that take it. */
interface Route {
  readonly event: EventPlan;
  readonly decoder: EventDecoder;
  readonly lanes: readonly LaneRows[];
}

interface Batch {
  readonly reached: number;
  readonly entries: number;
  readonly rows: number;
}

export interface ApplierState {
  readonly main: number;
  /** Lanes that are still being filled from the log, with their positions. */
  readonly filling: Readonly<Record<string, number>>;
}

/**
 * Takes durable log entries to the online store, with the position in the same transaction: killed at any point, it
 * goes on where the store says. A lane that a changed definition added is filled from the log beside the live ones.
 */
export class Applier {
  readonly #reader: EventLogReader;
  readonly #writer: OnlineWriter;
  readonly #costs: UpdateCosts;
  #routes = new Map<number, readonly Route[]>();
  #laneIds: readonly string[] = [];
  #retentionMs: ReadonlyMap<string, number> = new Map();
  /** How long after its newest row a key may be let go, by lane. */
  #keptMs: ReadonlyMap<string, { readonly layout: LaneLayout; readonly keptMs: number }> = new Map();
  /** By lane that is kept for ever: rows before this time cannot be reached any more. */
  #keepFromMs: Readonly<Record<string, number>> = {};
  #loggedAtMs = Number.NEGATIVE_INFINITY;
  #nextSweepMs: number | undefined;
  /** What fills lanes that lack much of the log. */
  #fill: LaneFill | undefined;
  readonly #fillBounds: FillBounds;
  #main: number;
  #unstored = 0;
  #commits = 0;
  readonly #positions: Map<string, number>;

  constructor(reader: EventLogReader, writer: OnlineWriter, costs: UpdateCosts, fill: FillBounds = limit) {
    this.#costs = costs;
    this.#reader = reader;
    this.#writer = writer;
    this.#fillBounds = fill;
    const stored = writer.positions();
    this.#main = stored.main;
    this.#positions = stored.lanes;
  }

  /** Applies by these plans from now on; lanes that they lack stay as they are until they are dropped. */
  setPlans(plans: readonly Plan[], catalogue: Catalogue): void {
    const lanes = new Map(plans.flatMap((plan) => plan.lanes.map((lane) => [lane.id, lane])));
    const layouts = new Map([...lanes].map(([id, lane]) => [id, laneLayout(lane)]));
    this.#writer.setLayouts(layouts);
    this.#laneIds = [...lanes.keys()];
    this.#retentionMs = new Map([...lanes].map(([id, { retentionMs }]) => [id, retentionMs]));
    const lateMs = new Map(plans.flatMap(({ events }) => events.map((event) => [event.name, event.lateMs])));
    this.#keptMs = new Map(
      [...lanes].map(([id, { retentionMs, event }]) => [
        id,
        { layout: layouts.get(id)!, keptMs: retentionMs + travelMs + (lateMs.get(event) ?? 0) },
      ]),
    );
    this.#routes = new Map();
    const routed = new Set<string>();
    for (const plan of plans) this.#addRoutes(plan, catalogue, routed);
    // What it has read is of lanes that may be gone: it begins anew, and passes over what is written.
    this.#fill = undefined;
    // A lane that comes back after a while goes on from where it was left.
    for (const id of this.#laneIds) this.#positions.set(id, this.#positions.get(id) ?? 0);
  }

  /** Each lane is filled by the first plan that has it. */
  #addRoutes(plan: Plan, catalogue: Catalogue, routed: Set<string>): void {
    for (const event of plan.events) {
      const lanes = plan.lanes.filter((lane) => lane.event === event.name && !routed.has(lane.id));
      if (lanes.length === 0) continue;
      for (const { id } of lanes) routed.add(id);
      const rows = lanes.map((lane) => new LaneRows(lane, event));
      const route = { event, decoder: new EventDecoder(event, catalogue), lanes: rows };
      for (const topic of eventTopics(event, catalogue))
        this.#routes.set(topic, [...(this.#routes.get(topic) ?? []), route]);
    }
  }

  /** Lanes of runs: what lies before is in no run that can be read here. */
  keepFrom(laneTimes: Readonly<Record<string, number>>): void {
    this.#keepFromMs = laneTimes;
  }

  /** Forgets lanes that no definition needs any more, with their rows. */
  drop(tenants: readonly number[], laneIds: readonly string[]): void {
    const unused = laneIds.filter((id) => !this.#laneIds.includes(id));
    for (const id of unused) this.#positions.delete(id);
    this.#commit();
    this.#writer.dropLanes(tenants, unused);
  }

  get state(): ApplierState {
    const behind = this.#laneIds.filter((id) => this.#positionOf(id) < this.#main);
    const reached = (id: string): number =>
      this.#fill?.laneIds.includes(id) ? this.#fill.reached : this.#positionOf(id);
    return { main: this.#main, filling: Object.fromEntries(behind.map((id) => [id, reached(id)])) };
  }

  /** Applies one batch of what is new, and one of what lanes lack. False when there was nothing to do. */
  step(): boolean {
    const wentOn = this.#advance(this.#main, (position) => position >= this.#main);
    const behind = Math.min(this.#main, ...this.#laneIds.map((id) => this.#positionOf(id)));
    const filled = behind < this.#main && this.#fillOn(behind);
    return wentOn || filled;
  }

  /** Takes lanes that stand behind on by a piece: entry by entry, or key by key where they lack many. */
  #fillOn(behind: number): boolean {
    if (this.#fill === undefined && this.#main - behind <= this.#fillBounds.fillEntriesMin)
      return this.#advance(behind, (position) => position === behind, this.#main);
    this.#fill ??= this.#newFill(behind);
    const isDone = this.#fill.step();
    if (isDone) for (const id of this.#fill.laneIds) this.#positions.set(id, this.#fill.to);
    if (isDone || this.#fill.isWriting) this.#commit();
    if (isDone) this.#fill = undefined;
    return true;
  }

  #newFill(from: number): LaneFill {
    // Nothing was applied since the start: what came last tells the time.
    if (!Number.isFinite(this.#loggedAtMs))
      this.#loggedAtMs = this.#reader.after(this.#main - 1, 1)[0]?.loggedAtMs ?? this.#loggedAtMs;
    const histories = new Map<string, LaneHistory>();
    const historyOf = ({ lane }: LaneRows, event: EventPlan): LaneHistory => {
      const codeOf = (tenant: number, text: string): number => this.#writer.code(tenant, lane.id, text);
      const history = histories.get(lane.id) ?? new LaneHistory(lane, event, codeOf);
      histories.set(lane.id, history);
      return history;
    };
    const routes = [...this.#routes].map(([topic, all]): [number, readonly FillRoute[]] => [
      topic,
      all.flatMap(({ event, decoder, lanes }) => {
        const behind = lanes.filter(({ lane }) => this.#positionOf(lane.id) === from);
        return behind.length === 0 ? [] : [{ decoder, histories: behind.map((rows) => historyOf(rows, event)) }];
      }),
    ]);
    return new LaneFill({
      reader: this.#reader,
      writer: this.#writer,
      routes: new Map(routes),
      keptOf: (id) => this.#keptOf(id),
      reachableFromMs: (id) => this.#reachableFromMs(id),
      from,
      bound: this.#main,
      bounds: this.#fillBounds,
    });
  }

  /** Goes on with the hourly sweep for keys that nothing touches any more: without it they would lie there for ever. */
  sweep(): void {
    if (!Number.isFinite(this.#loggedAtMs) || this.#unstored > 0) return;
    this.#nextSweepMs ??= this.#loggedAtMs + sweepEveryMs;
    if (this.#loggedAtMs < this.#nextSweepMs) return;
    const lanes = new Map<string, SweptLane>();
    for (const [id, { layout }] of this.#keptMs) {
      const keepFromMs = this.#reachableFromMs(id);
      if (Number.isFinite(keepFromMs)) lanes.set(id, { layout, keepFromMs });
    }
    const { removed, done } = this.#writer.sweep(lanes, limit.sweepKeysMax);
    if (removed > 0) this.#commits++;
    if (done) this.#nextSweepMs = this.#loggedAtMs + sweepEveryMs;
  }

  /** A key whose rows all lie before is let go, and a lane that is filled begins here. */
  #reachableFromMs(id: string): number {
    const keptMs = this.#keptMs.get(id)?.keptMs ?? Number.POSITIVE_INFINITY;
    return Math.max(this.#loggedAtMs - keptMs, this.#keepFromMs[id] ?? Number.NEGATIVE_INFINITY);
  }

  #commit(): void {
    this.#writer.commit(this.#main, this.#positions);
    this.#unstored = 0;
    this.#commits++;
  }

  /** How often the online store has changed since the start. */
  get commits(): number {
    return this.#commits;
  }

  /** Takes a batch after `from` to the lanes whose position is wanted; up to `bound` where lanes are being filled. */
  #advance(from: number, wanted: (position: number) => boolean, bound = Number.POSITIVE_INFINITY): boolean {
    const isMain = bound === Number.POSITIVE_INFINITY;
    const lanes = new Set(this.#laneIds.filter((id) => wanted(this.#positionOf(id))));
    this.#costs.begin();
    const { reached, entries, rows } = this.#applyBatch(from, lanes, bound);
    if (entries === 0 && isMain) return false;
    for (const id of lanes) this.#positions.set(id, entries === 0 ? bound : reached);
    if (isMain) this.#main = reached;
    this.#unstored += entries;
    // Entries that no lane takes, such as predictions, move the position in memory; a crash only reads them again.
    if (rows > 0 || !isMain || this.#unstored >= unstoredMax) this.#commit();
    if (rows > 0) this.#costs.end();
    return true;
  }

  /** Applies what one transaction takes: what is there, and where the log is ahead much of it, as hot keys are then written once. */
  #applyBatch(from: number, lanes: ReadonlySet<string>, bound: number): Batch {
    const batch = { reached: from, entries: 0, rows: 0 };
    for (let bytes = 0; batch.entries < limit.applyEventsMax && bytes < limit.applyBytesMax; ) {
      const read = this.#reader.after(batch.reached, limit.applyReadMax);
      const entries = read.filter((entry) => entry.seq <= bound);
      for (const entry of entries) {
        batch.rows += this.#apply(entry, lanes);
        this.#loggedAtMs = Math.max(this.#loggedAtMs, entry.loggedAtMs);
        bytes += entry.payload.length;
      }
      batch.reached = entries.at(-1)?.seq ?? batch.reached;
      batch.entries += entries.length;
      if (entries.length < limit.applyReadMax) break;
    }
    return batch;
  }

  #keptOf(laneId: string): LaneKept {
    const keepFromMs = this.#keepFromMs[laneId] ?? Number.NEGATIVE_INFINITY;
    return { keptMs: (this.#retentionMs.get(laneId) ?? 0) + travelMs, keepFromMs };
  }

  #positionOf(laneId: string): number {
    return this.#positions.get(laneId) ?? 0;
  }

  /** How many rows the entry became. */
  #apply(entry: LogEntry, wanted: ReadonlySet<string>): number {
    let count = 0;
    for (const route of this.#routes.get(entry.topic) ?? []) count += this.#applyTo(route, entry, wanted);
    return count;
  }

  #applyTo({ decoder, lanes }: Route, entry: LogEntry, wanted: ReadonlySet<string>): number {
    let count = 0;
    const told = decoder.entry(entry.payload);
    for (const rows of lanes) {
      const { id } = rows.lane;
      if (!wanted.has(id)) continue;
      const key = rows.keyOf(told.values);
      if (key === undefined) continue;
      const startedMs = this.#costs.startRow();
      rows.make(entry, told, (text) => this.#writer.code(entry.tenant, id, text));
      const { keptMs, keepFromMs } = this.#keptOf(id);
      this.#writer.insert(entry.tenant, id, key, rows.row, Math.max(entry.atMs - keptMs, keepFromMs));
      this.#costs.endRow(id, startedMs);
      count++;
    }
    return count;
  }
}
