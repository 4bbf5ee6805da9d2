import { WindowReader } from "../../engine/window/window-reader.ts";
import { type ReadPoint, windowBegin } from "../../engine/window/window-sweep.ts";
import type { FeatureColumnPlan, FeatureSetPlan, Plan } from "../../plan/plan.ts";
import type { OnlineReader } from "../../ports/online-store.ts";
import { laneLayout } from "../materialize/lane-rows.ts";
import { beforeEverythingMs, type Coverage } from "./coverage.ts";
import { type ColumnTexts, type FeatureValue, presentFeature, textsOf } from "./feature-value.ts";
import type { PredictionRecord } from "./prediction-record.ts";
import { RunPointer } from "./run-pointer.ts";

export type FeatureStatus = "present" | "null" | "not-found" | "expired" | "incomplete";

/** The columns of a set that come from one lane. */
interface LanePart {
  readonly laneId: string;
  readonly event: string;
  readonly reader: WindowReader;
  /** Place in the set by place in the reader. */
  readonly places: readonly number[];
  /** As of the last read: asked for once, and not for each column. */
  coveredFromMs: number;
  isFilling: boolean;
}

/** How a column's number becomes what users meet. */
interface Presentation {
  readonly column: FeatureColumnPlan;
  readonly part: LanePart;
  readonly texts: ColumnTexts;
}

/** Reads one feature set: compiled when the plan is, reused by every request of its thread. */
export class FeatureSetReader {
  readonly set: FeatureSetPlan;
  /** The values of the last read by column, as numbers: codes for texts, NaN for null. */
  readonly values: Float64Array;
  /** The time of the latest contributing event by column; -Infinity for none. */
  readonly latest: Float64Array;
  /** The numbers of columns that have many. */
  readonly lists: (readonly number[] | undefined)[];
  readonly #parts: readonly LanePart[];
  readonly #shown: readonly Presentation[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #online: OnlineReader;
  readonly #coverage: Coverage;
  /** Of a batch: which run the reads see. */
  readonly #run: RunPointer | undefined;
  #tenant = 0;
  #atMs = 0;
  /** Where the windows end: of a batch, at the rows of its run. */
  #endMs = 0;
  #found = false;
  readonly #isBelow: Uint8Array;
  #belowFloor = 0;
  /** Of a table: 1 where the latest row takes the key away, NaN where there is none or it is too old. */
  #deleted = 0;

  constructor(set: FeatureSetPlan, plan: Plan, online: OnlineReader, coverage: Coverage) {
    this.set = set;
    this.#places = new Map(set.columns.map(({ name }, place) => [name, place]));
    this.#online = online;
    this.#coverage = coverage;
    this.values = new Float64Array(set.columns.length);
    this.latest = new Float64Array(set.columns.length);
    this.lists = set.columns.map(() => undefined);
    this.#isBelow = new Uint8Array(set.columns.length);
    this.#run = set.batch === undefined ? undefined : new RunPointer(set.batch, plan, online);
    this.#parts = [...new Set(set.columns.map((column) => column.lane))].map((index) => {
      const lane = plan.lanes[index];
      const places = set.columns.flatMap((column, place) => (column.lane === index ? [place] : []));
      return {
        laneId: lane.id,
        event: lane.event,
        reader: new WindowReader(laneLayout(lane), [
          ...places.map((place) => set.columns[place]),
          ...(set.table === undefined ? [] : [{ cell: set.table.existsCell, windowMs: Number.POSITIVE_INFINITY }]),
        ]),
        places,
        coveredFromMs: 0,
        isFilling: false,
      };
    });
    this.#shown = set.columns.map((column, place) => {
      const { id } = plan.lanes[column.lane];
      const texts = textsOf(plan, column, (code) => online.text(this.#tenant, id, code));
      return { column, part: this.#parts.find(({ places }) => places.includes(place))!, texts };
    });
  }

  /** The place of a column, or -1. */
  placeOf(name: string): number {
    return this.#places.get(name) ?? -1;
  }

  /** Reads all columns of a key into `values` and `latest`; the online store's `begin` was called before. */
  read(tenant: number, key: string, point: ReadPoint): void {
    this.#tenant = tenant;
    this.#atMs = point.at;
    this.#found = false;
    this.#belowFloor = 0;
    const end = this.#run === undefined ? point : this.#run.read(tenant, point);
    this.#endMs = end?.at ?? Number.POSITIVE_INFINITY;
    for (const part of this.#parts) {
      const lane = end === undefined ? undefined : this.#online.lane(tenant, part.laneId, key);
      if (lane === undefined || end === undefined) part.reader.readEmpty();
      else {
        this.#found = true;
        part.reader.read(lane, end);
      }
      part.coveredFromMs = this.#coverage.coveredFromMs(tenant, part.event);
      part.isFilling = this.#coverage.isFilling(part.laneId) || this.#isRunFilling;
      if (this.set.table !== undefined) this.#deleted = part.reader.values[part.places.length];
      const floor = Math.max(lane?.floor ?? Number.NEGATIVE_INFINITY, this.#online.floor(part.laneId));
      for (let i = 0; i < part.places.length; i++) {
        const place = part.places[i];
        this.values[place] = part.reader.values[i];
        this.latest[place] = part.reader.latest[i];
        this.lists[place] = part.reader.lists[i];
        this.#isBelow[place] = this.#beginOf(this.set.columns[place]) < floor ? 1 : 0;
        this.#belowFloor += this.#isBelow[place];
      }
    }
  }

  /** The last read, as it is logged with a prediction. */
  get served(): PredictionRecord["features"][number] {
    const places = this.set.columns.map((_, place) => place);
    return {
      set: this.set.name,
      values: places.map((place) => this.value(place)),
      statuses: places.map((place) => this.status(place)),
      ages: places.map((place) => this.ageMs(place)),
    };
  }

  get #isRunFilling(): boolean {
    return this.#run !== undefined && this.#coverage.isFilling(this.#run.laneId);
  }

  /** The last read reached back behind what the online store keeps. */
  get belowFloor(): boolean {
    return this.#belowFloor > 0;
  }

  /** A column's value as users meet it. */
  value(place: number): FeatureValue {
    const { column, texts } = this.#shown[place];
    return presentFeature(column, this.values[place], this.lists[place], texts);
  }

  #beginOf({ windowMs, hopMs = 0 }: FeatureColumnPlan): number {
    return windowBegin(this.#endMs, windowMs, hopMs);
  }

  status(place: number): FeatureStatus {
    const { column, part } = this.#shown[place];
    if (part.isFilling || this.#isBelow[place] === 1) return "incomplete";
    if (this.#run !== undefined) return this.#runStatus(this.#run, place);
    if (!this.#found) return "not-found";
    if (this.set.table !== undefined) return this.#tableStatus(place);
    // At least one event: what the window holds before the log began nobody knows.
    const fromMs = Math.max(this.#beginOf(column), beforeEverythingMs);
    if (fromMs < part.coveredFromMs) return "incomplete";
    return Number.isNaN(this.values[place]) ? "null" : "present";
  }

  /** Before the first run nobody knows; a key that the run has no row of is not there. */
  #runStatus(run: RunPointer, place: number): FeatureStatus {
    if (Number.isNaN(run.asOfMs)) return "incomplete";
    if (run.isExpired) return "expired";
    if (!Number.isFinite(this.latest[place])) return "not-found";
    return Number.isNaN(this.values[place]) ? "null" : "present";
  }

  /** What is not put is not there: no history before the log could have been. */
  #tableStatus(place: number): FeatureStatus {
    if (this.#deleted === 0) return Number.isNaN(this.values[place]) ? "null" : "present";
    const isOld = Number.isNaN(this.#deleted) && Number.isFinite(this.latest[place]);
    return isOld ? "expired" : "not-found";
  }

  /**
   * Milliseconds since the latest contributing event, since a table's row is valid, or since the time that a run was
   * computed for; null where there is none.
   */
  ageMs(place: number): number | null {
    if (this.#run !== undefined) return Number.isFinite(this.latest[place]) ? this.#atMs - this.#run.asOfMs : null;
    if (this.set.table !== undefined && this.#deleted !== 0) return null;
    const age = this.#atMs - this.latest[place] - (this.set.table === undefined ? 0 : 1);
    return Number.isFinite(age) ? age : null;
  }
}
