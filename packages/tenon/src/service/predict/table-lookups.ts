import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { EventPlan } from "../../plan/plan.ts";
import { isMistake, valueCheck } from "../../plan/row-validator.ts";
import type { ApplierControl } from "../../ports/workers.ts";
import type { LookUp } from "../ingest/lookups.ts";
import type { Serving } from "./serving.ts";

/** Looks values of events up in tables, by the code that reads features. */
export class TableLookups {
  readonly #serving: () => Serving;
  readonly #applier: ApplierControl;
  /** Up to where rows of tables have to be applied. */
  #putSeq = 0;

  constructor(serving: () => Serving, applier: ApplierControl) {
    this.#serving = serving;
    this.#applier = applier;
  }

  /** Rows of tables are in the log up to here. */
  put(seq: number): void {
    this.#putSeq = Math.max(this.#putSeq, seq);
  }

  /**
   * Waits until what was put can be looked up for events of this name.
   * @throws position.unreached
   */
  async ready(event: string): Promise<void> {
    const { events, featureSets, lanes } = this.#serving().app.plan;
    const looked = events.find(({ name }) => name === event)?.columns.flatMap(({ lookup }) => lookup?.set ?? []) ?? [];
    if (looked.length === 0) return;
    const isApplied = await this.#applier.waitFor(this.#putSeq, limit.afterWaitMsMax);
    const tables = featureSets.filter(({ name }) => looked.includes(name));
    const filling = tables.find(({ columns }) => columns.some(({ lane }) => lanes[lane].id in this.#applier.filling));
    if (isApplied && filling === undefined) return;
    throw new TenonError(
      "position.unreached",
      `"${event}" looks values up in ${looked.join(", ")}, whose rows are not applied yet`,
      { retryAfterMs: 1_000 },
    );
  }

  /** How an event's values are looked up. */
  of(event: EventPlan): LookUp | undefined {
    const wanted = event.columns.flatMap((column) => {
      const { lookup } = column;
      if (lookup === undefined) return [];
      return [
        { ...lookup, check: valueCheck(column), keyPlace: event.columns.findIndex((c) => c.name === lookup.key) },
      ];
    });
    if (wanted.length === 0) return undefined;
    return (tenant, sent, at, receivedAtMax) => {
      const serving = this.#serving();
      serving.online.begin();
      return wanted.map(({ set, column, check, keyPlace }) => {
        const key = sent[keyPlace];
        if (key === null) return null;
        const reader = serving.reader(set);
        reader.read(tenant, String(key), { at, seqMax: Number.MAX_SAFE_INTEGER, receivedAtMax, excludedSeq: -1 });
        const place = reader.placeOf(column);
        const value = reader.value(place);
        const stored = value === null || reader.status(place) !== "present" ? null : check(value);
        // A value that the column no longer allows is none.
        return isMistake(stored) ? null : stored;
      });
    };
  }
}
