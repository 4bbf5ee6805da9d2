import { limit } from "../../base/limit.ts";
import type { LaneLayout } from "../../engine/window/lane-layout.ts";
import type { Plan } from "../../plan/plan.ts";
import type { EventLogReader, LogEntry } from "../../ports/event-log.ts";
import type { OnlineWriter } from "../../ports/online-store.ts";
import { type Catalogue, EventDecoder } from "./event-decoder.ts";
import { LaneRows, laneLayout } from "./lane-rows.ts";

/** Beyond a lane's longest window, for reads that travel a little back in time. */
const travelMs = 24 * 3_600_000;
/** Entries without a row that may pass before the position is stored. */
const unstoredMax = 20_000;

/** One event of the plan: how to read it, and the lanes that take it. */
interface Route {
  readonly decoder: EventDecoder;
  readonly lanes: readonly LaneRows[];
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
  #routes = new Map<number, Route>();
  #laneIds: readonly string[] = [];
  #main: number;
  #unstored = 0;
  #commits = 0;
  readonly #positions: Map<string, number>;

  constructor(reader: EventLogReader, writer: OnlineWriter) {
    this.#reader = reader;
    this.#writer = writer;
    const stored = writer.positions();
    this.#main = stored.main;
    this.#positions = stored.lanes;
  }

  /** Applies by this plan from now on; lanes that it lacks stay as they are until they are dropped. */
  setPlan(plan: Plan, catalogue: Catalogue): void {
    const layouts = new Map<string, LaneLayout>(plan.lanes.map((lane) => [lane.id, laneLayout(lane)]));
    this.#writer.setLayouts(layouts);
    this.#laneIds = plan.lanes.map((lane) => lane.id);
    this.#routes = new Map();
    for (const event of plan.events) {
      const topic = catalogue.topics[event.name];
      const lanes = plan.lanes.filter((lane) => lane.event === event.name).map((lane) => new LaneRows(lane, event));
      if (topic !== undefined && lanes.length > 0) {
        this.#routes.set(topic, { decoder: new EventDecoder(event, catalogue), lanes });
      }
    }
    // A lane that comes back after a while goes on from where it was left.
    for (const id of this.#laneIds) this.#positions.set(id, this.#positions.get(id) ?? 0);
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
    return { main: this.#main, filling: Object.fromEntries(behind.map((id) => [id, this.#positionOf(id)])) };
  }

  /** Applies one batch of what is new, and one of what lanes lack. False when there was nothing to do. */
  step(): boolean {
    const wentOn = this.#advance(this.#main, (position) => position >= this.#main);
    const behind = Math.min(this.#main, ...this.#laneIds.map((id) => this.#positionOf(id)));
    const filled = behind < this.#main && this.#advance(behind, (position) => position === behind, this.#main);
    return wentOn || filled;
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
    const entries = this.#reader.after(from, limit.applyEventsMax).filter((entry) => entry.seq <= bound);
    const isMain = bound === Number.POSITIVE_INFINITY;
    if (entries.length === 0) {
      if (isMain) return false;
      for (const id of this.#laneIds) if (wanted(this.#positionOf(id))) this.#positions.set(id, bound);
      this.#commit();
      return true;
    }
    const lanes = new Set(this.#laneIds.filter((id) => wanted(this.#positionOf(id))));
    let rows = 0;
    for (const entry of entries) rows += this.#apply(entry, lanes);
    const reached = entries[entries.length - 1].seq;
    for (const id of lanes) this.#positions.set(id, reached);
    if (isMain) this.#main = reached;
    this.#unstored += entries.length;
    // Entries that no lane takes, such as predictions, move the position in memory; a crash only reads them again.
    if (rows > 0 || !isMain || this.#unstored >= unstoredMax) {
      this.#commit();
    }
    return true;
  }

  #positionOf(laneId: string): number {
    return this.#positions.get(laneId) ?? 0;
  }

  /** How many rows the entry became. */
  #apply(entry: LogEntry, wanted: ReadonlySet<string>): number {
    const route = this.#routes.get(entry.topic);
    if (route === undefined) return 0;
    let count = 0;
    const values = route.decoder.decode(entry.payload);
    for (const rows of route.lanes) {
      const { id, retentionMs } = rows.lane;
      if (!wanted.has(id)) continue;
      const key = rows.keyOf(values);
      if (key === undefined) continue;
      rows.make(entry, values, (text) => this.#writer.code(entry.tenant, id, text));
      this.#writer.insert(entry.tenant, id, key, rows.row, entry.atMs - retentionMs - travelMs);
      count++;
    }
    return count;
  }
}
