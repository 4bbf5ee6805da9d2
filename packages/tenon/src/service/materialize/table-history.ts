import { rowColumns } from "../../engine/window/lane-layout.ts";
import type { EventPlan, FeatureSetPlan, LanePlan } from "../../plan/plan.ts";
import type { LogEntry } from "../../ports/event-log.ts";
import { type Catalogue, EventDecoder } from "./event-decoder.ts";
import { LaneHistory } from "./lane-history.ts";
import { LaneRows } from "./lane-rows.ts";

/** No column of a table has this name. */
const placeColumn = "#place";

/**
 * All rows of a table from the log. Of a table only the latest row of a key is ever asked for, so its lane here holds
 * nothing but the rows' times, keys and places; the values of a row that is found are decoded then, and of no other.
 */
export class TableHistory {
  /** Each row with its place as its one value. */
  readonly places: LaneHistory;
  readonly #payloads: Uint8Array[] = [];
  readonly #keys: EventDecoder;
  readonly #values: EventDecoder;
  readonly #rows: LaneRows;
  #place = -1;

  constructor(set: FeatureSetPlan, lane: LanePlan, event: EventPlan, catalogue: Catalogue) {
    const key = event.columns.filter(({ name }) => name === lane.by.column);
    const place = { ...key[0], name: placeColumn, type: "integer", to: undefined } as const;
    const placed: EventPlan = { ...event, columns: [...key, place] };
    const parameter = set.table?.ttlMs ?? Number.NaN;
    const latest = { fn: "latest", column: 0, filter: -1, parameter } as const;
    const columns = [{ name: placeColumn, coded: false }];
    this.places = new LaneHistory({ ...lane, columns, filters: [], cells: [latest] }, placed);
    this.#keys = new EventDecoder(placed, catalogue);
    this.#values = new EventDecoder(event, catalogue);
    this.#rows = new LaneRows(lane, event);
  }

  add(entry: LogEntry): void {
    const told = this.#keys.entry(entry.payload);
    told.values[1] = this.#payloads.push(entry.payload) - 1;
    this.places.add(entry, told);
  }

  /** Which of the lane's columns a cell is the latest of. */
  columnOf(cell: number): number {
    return this.#rows.lane.cells[cell].column;
  }

  /** The values of the row at a place, by the lane's columns; valid until the next call. */
  values(place: number): Float64Array {
    if (place !== this.#place) {
      this.#rows.fill(this.#values.decode(this.#payloads[place]), (text) => this.places.code(text));
      this.#place = place;
    }
    return this.#rows.row.subarray(rowColumns);
  }

  text(code: number): string | null {
    return this.places.text(code);
  }
}
