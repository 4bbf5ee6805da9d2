import type { limit } from "../../base/limit.ts";
import { isRetraction, rowSeq } from "../../engine/window/lane-layout.ts";
import type { EventLogReader } from "../../ports/event-log.ts";
import type { OnlineWriter } from "../../ports/online-store.ts";
import type { EventDecoder } from "./event-decoder.ts";
import type { LaneHistory } from "./lane-history.ts";

/** An event whose entries a fill takes, with the lanes that take them. */
export interface FillRoute {
  readonly decoder: EventDecoder;
  readonly histories: readonly LaneHistory[];
}

/** Kept before the newest row of a key, and from a time on. */
export interface LaneKept {
  readonly keptMs: number;
  readonly keepFromMs: number;
}

/** When lanes are filled key by key, and how much is done at a time. */
export type FillBounds = {
  readonly [K in "fillEntriesMin" | "fillReadMax" | "fillBytesMax" | "fillKeysMax" | "fillRowsMax"]:
    | (typeof limit)[K]
    | number;
};

interface Writing {
  readonly history: LaneHistory;
  readonly keys: ReturnType<LaneHistory["keys"]>;
  readonly order: Int32Array;
  readonly begin: Int32Array;
  next: number;
}

/** Of the work, reading and decoding. */
const readShare = 0.6;

/**
 * Fills lanes that lack much of the log, key by key: it reads a long part of the log into columns and then writes each
 * key once, where taking entries in their order would write most keys in every transaction. Each step is short, so that
 * what is new goes on beside it. The lanes' positions move when the part is whole; killed before that, the part is
 * read again, and rows that a key has already are passed over.
 */
export class LaneFill {
  readonly #reader: EventLogReader;
  readonly #writer: OnlineWriter;
  readonly #routes: ReadonlyMap<number, readonly FillRoute[]>;
  readonly #histories: readonly LaneHistory[];
  readonly #keptOf: (laneId: string) => LaneKept;
  /** By history, the time from which its rows can be reached. */
  readonly #reachable: ReadonlyMap<LaneHistory, number>;
  readonly from: number;
  readonly #bound: number;
  readonly #bounds: FillBounds;
  #read: number;
  /** Set once the part has been read. */
  #writings: Writing[] | undefined;

  constructor(o: {
    readonly reader: EventLogReader;
    readonly writer: OnlineWriter;
    readonly routes: ReadonlyMap<number, readonly FillRoute[]>;
    readonly keptOf: (laneId: string) => LaneKept;
    /** No read of the store reaches rows of the lane before it: they stay in the log alone. */
    readonly reachableFromMs: (laneId: string) => number;
    /** The position of the lanes, and up to where there are entries. */
    readonly from: number;
    readonly bound: number;
    readonly bounds: FillBounds;
  }) {
    this.#reader = o.reader;
    this.#writer = o.writer;
    this.#routes = o.routes;
    this.#histories = [...new Set([...o.routes.values()].flat().flatMap(({ histories }) => histories))];
    this.#keptOf = o.keptOf;
    this.from = o.from;
    this.#bound = o.bound;
    this.#bounds = o.bounds;
    this.#reachable = new Map(this.#histories.map((history) => [history, o.reachableFromMs(history.lane.id)]));
    this.#read = Math.max(o.from, Math.min(o.bound, o.reader.positionBefore(Math.min(...this.#reachable.values()))));
  }

  get laneIds(): readonly string[] {
    return this.#histories.map(({ lane }) => lane.id);
  }

  /** The position that the lanes have when it is done. */
  get to(): number {
    return this.#read;
  }

  /** Its steps change the store. */
  get isWriting(): boolean {
    return this.#writings !== undefined;
  }

  /** How far it is, as a position. */
  get reached(): number {
    const total = this.#bound - this.from;
    const read = ((this.#read - this.from) / total) * readShare;
    const writings = this.#writings ?? [];
    const keys = writings.reduce((sum, { history }) => sum + history.keyCount, 0);
    const written = writings.reduce((sum, { next }) => sum + next, 0);
    const share = this.#writings === undefined ? 0 : (written / Math.max(1, keys)) * (1 - readShare);
    return Math.floor(this.from + total * Math.min(0.999, read + share));
  }

  /** Does one short piece of the work. True when all of it is done but for the commit. */
  step(): boolean {
    if (this.#writings === undefined) {
      this.#readOn();
      return false;
    }
    return this.#writeOn(this.#writings);
  }

  #readOn(): void {
    const entries = this.#reader.after(this.#read, this.#bounds.fillReadMax);
    for (const entry of entries) {
      if (entry.seq > this.#bound) break;
      this.#read = entry.seq;
      for (const { decoder, histories } of this.#routes.get(entry.topic) ?? []) {
        const told = decoder.entry(entry.payload);
        for (const history of histories)
          if (entry.atMs >= (this.#reachable.get(history) ?? 0)) history.add(entry, told);
      }
    }
    const last = entries.at(-1)?.seq;
    if (last === undefined) this.#read = this.#bound;
    const bytes = this.#histories.reduce((sum, history) => sum + history.bytes, 0);
    if (last !== undefined && last < this.#bound && bytes < this.#bounds.fillBytesMax) return;
    this.#writings = this.#histories.map((history) => ({
      history,
      keys: history.keys(),
      ...history.byKey("position"),
      next: 0,
    }));
  }

  /** What was passed over is read from the log. */
  #raiseFloors(): void {
    for (const [{ lane }, fromMs] of this.#reachable)
      if (Number.isFinite(fromMs)) this.#writer.raiseFloor(lane.id, fromMs);
  }

  #writeOn(writings: readonly Writing[]): boolean {
    const writing = writings.find(({ next, keys }) => next < keys.length);
    if (writing === undefined) {
      this.#raiseFloors();
      return true;
    }
    const { history, keys, order, begin } = writing;
    const { id } = history.lane;
    const kept = this.#keptOf(id);
    let rows = 0;
    const end = Math.min(keys.length, writing.next + this.#bounds.fillKeysMax);
    for (; writing.next < end && rows < this.#bounds.fillRowsMax; writing.next++) {
      const { tenant, key } = keys[writing.next];
      // Killed before, the key has its rows up to one of them.
      const hasSeq = Math.max(this.from, this.#writer.newestSeq(tenant, id, key));
      const places: number[] = [];
      for (let i = begin[writing.next]; i < begin[writing.next + 1]; i++) {
        const at = order[i] * history.stride;
        // What is taken back twice is taken back.
        if (history.data[at + rowSeq] > hasSeq || isRetraction(history.data, at)) places.push(at);
      }
      rows += places.length;
      this.#writer.insertAll({ tenant, laneId: id, key, rows: history.data, places, ...kept });
    }
    if (writings.some(({ next, keys: all }) => next < all.length)) return false;
    this.#raiseFloors();
    return true;
  }
}
