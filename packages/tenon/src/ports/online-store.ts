import type { LaneView } from "../engine/window/lane.ts";
import type { LaneLayout } from "../engine/window/lane-layout.ts";

/** Reads lanes at one moment: between `begin` and the next `begin` all reads see one state. Synchronous. */
export interface OnlineReader {
  /** Sees what has been applied by now; answers the applied position. */
  begin(): number;
  /** The lane of a key, or undefined where the key was never seen. It is valid until the next call. */
  lane(tenant: number, laneId: string, key: string): LaneView | undefined;
  /** Keys of the lane that nothing touched were let go with their rows before this time. -Infinity: none were. */
  floor(laneId: string): number;
  /** The text behind a code of a lane's dictionary. */
  text(tenant: number, laneId: string, code: number): string | null;
  close(): void;
}

/** Looks over the keys of a lane: for figures about the store, beside the reads that are answered. */
export interface OnlineCensus {
  /** Sees what has been applied by now; answers the applied position. */
  begin(): number;
  /** Keys of a lane after one, in their order, at most `limit`. */
  keysAfter(tenant: number, laneId: string, after: string | undefined, limit: number): readonly string[];
  /** What a key takes in the store, keys and rows; beyond `pagesMax` pages, the rest is taken to be as long as those. */
  bytesOf(tenant: number, laneId: string, key: string, pagesMax: number): number;
}

/** A lane whose keys may be let go once their newest row lies before `keepFromMs`. */
export interface SweptLane {
  readonly layout: LaneLayout;
  readonly keepFromMs: number;
}

/** Rows of one key among those of others. */
export interface RowsOfKey {
  readonly tenant: number;
  readonly laneId: string;
  readonly key: string;
  readonly rows: Float64Array;
  /** Where its rows begin in `rows`. */
  readonly places: readonly number[];
  /** How long before each row rows are kept; at least from `keepFromMs`. */
  readonly keptMs: number;
  readonly keepFromMs: number;
}

/** The one writer of the online store: changes gather and are committed together with the position. */
export interface OnlineWriter {
  /** Positions: up to where the store, and each lane that was ever filled, has taken the log. */
  positions(): { readonly main: number; readonly lanes: Map<string, number> };
  setLayouts(layouts: ReadonlyMap<string, LaneLayout>): void;
  /** Puts a row in a key's lane; pages older than `keepFromMs` may go. */
  insert(tenant: number, laneId: string, key: string, row: Float64Array, keepFromMs: number): void;
  /** Puts rows of a key: those that lie at `places`, in their order, each with what is kept before it. */
  insertAll(o: RowsOfKey): void;
  /** The highest log position of a key's rows; -1 where it has none. */
  newestSeq(tenant: number, laneId: string, key: string): number;
  /** The code of a text in a lane's dictionary. */
  code(tenant: number, laneId: string, text: string): number;
  /** Rows of a lane before this time are not in the store: told with the next commit. */
  raiseFloor(laneId: string, floorMs: number): void;
  commit(main: number, lanes: ReadonlyMap<string, number>): void;
  /** Lets go of keys that nothing touched for too long, among the next `keysMax`; called with nothing uncommitted. */
  sweep(lanes: ReadonlyMap<string, SweptLane>, keysMax: number): { readonly removed: number; readonly done: boolean };
  dropLanes(tenants: readonly number[], laneIds: readonly string[]): void;
  close(): void;
}
