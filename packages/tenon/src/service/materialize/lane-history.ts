import { rowColumns, rowReceivedAt, rowSeq, rowTime } from "../../engine/window/lane-layout.ts";
import type { EventPlan, LanePlan } from "../../plan/plan.ts";
import type { LogEntry } from "../../ports/event-log.ts";
import type { EventEntry } from "./event-decoder.ts";
import { LaneRows } from "./lane-rows.ts";

/** All rows of a lane from the log, with the key that each belongs to: columns of numbers, 8 bytes a value. */
export class LaneHistory {
  readonly lane: LanePlan;
  readonly stride: number;
  readonly #rows: LaneRows;
  readonly #codes = new Map<string, number>();
  readonly #texts: string[] = [];
  /** By tenant and key the number of the key. */
  readonly #keys = new Map<number, Map<string, number>>();
  #keyCount = 0;
  /** Log positions of rows that were taken back. */
  readonly #retracted = new Set<number>();
  #data: Float64Array;
  #keyOf: Int32Array;
  #count = 0;

  readonly #codeOf: (tenant: number, text: string) => number;

  /** Codes of texts are its own, or those of a store. */
  constructor(lane: LanePlan, event: EventPlan, codeOf?: (tenant: number, text: string) => number) {
    this.lane = lane;
    this.#codeOf = codeOf ?? ((_, text) => this.code(text));
    this.#rows = new LaneRows(lane, event);
    this.stride = rowColumns + lane.columns.length;
    this.#data = new Float64Array(4096 * this.stride);
    this.#keyOf = new Int32Array(4096);
  }

  get rowCount(): number {
    return this.#count;
  }

  add(entry: LogEntry, told: EventEntry): void {
    const key = this.#rows.keyOf(told.values);
    if (key === undefined) return;
    if (told.retracts !== undefined) this.#retracted.add(told.retracts);
    if (this.#count === this.#keyOf.length) this.#grow();
    this.#rows.make(entry, told, (text) => this.#codeOf(entry.tenant, text));
    this.#data.set(this.#rows.row, this.#count * this.stride);
    this.#keyOf[this.#count++] = this.#keyIndex(entry.tenant, key);
  }

  /** The number of a text among its own. */
  code(text: string): number {
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.#texts.push(text) - 1;
      this.#codes.set(text, code);
    }
    return code;
  }

  text(code: number): string | null {
    return this.#texts[code] ?? null;
  }

  /** The number of a tenant's key, or undefined where no row has it. */
  key(tenant: number, key: string): number | undefined {
    return this.#keys.get(tenant)?.get(key);
  }

  get keyCount(): number {
    return this.#keyCount;
  }

  /** Bytes of its rows. */
  get bytes(): number {
    return this.#data.byteLength + this.#keyOf.byteLength;
  }

  /** Tenants and keys by their numbers. */
  keys(): readonly { readonly tenant: number; readonly key: string }[] {
    const keys = new Array<{ tenant: number; key: string }>(this.#keyCount);
    for (const [tenant, numbers] of this.#keys) for (const [key, number] of numbers) keys[number] = { tenant, key };
    return keys;
  }

  /** Every (tenant, key) with the first time that it was seen, in a row that still counts. */
  firstSeen(): { readonly tenant: number; readonly key: string; readonly atMs: number }[] {
    const first = new Float64Array(this.#keyCount).fill(Number.POSITIVE_INFINITY);
    for (let i = 0; i < this.#count; i++) {
      const at = i * this.stride;
      if (!this.#retracted.has(this.#data[at + rowSeq]))
        first[this.#keyOf[i]] = Math.min(first[this.#keyOf[i]], this.#data[at + rowTime]);
    }
    return [...this.#keys].flatMap(([tenant, keys]) =>
      [...keys].flatMap(([key, index]) =>
        first[index] === Number.POSITIVE_INFINITY ? [] : [{ tenant, key, atMs: first[index] }],
      ),
    );
  }

  /**
   * The rows in the order in which they became known, or of their positions, key by key: `begin[k]` to `begin[k + 1]` of `order` are those of
   * key `k`. A counting sort by key after a sort by receipt, each stable.
   */
  byKey(by: "receipt" | "position" = "receipt"): { readonly order: Int32Array; readonly begin: Int32Array } {
    const arrived = Int32Array.from({ length: this.#count }, (_, i) => i);
    if (by === "receipt" && !this.#isSortedByReceipt()) {
      const { stride } = this;
      const data = this.#data;
      arrived.sort(
        (a, b) =>
          data[a * stride + rowReceivedAt] - data[b * stride + rowReceivedAt] ||
          data[a * stride + rowSeq] - data[b * stride + rowSeq],
      );
    }
    const begin = new Int32Array(this.#keyCount + 1);
    for (let i = 0; i < this.#count; i++) begin[this.#keyOf[i] + 1]++;
    for (let k = 1; k < begin.length; k++) begin[k] += begin[k - 1];
    const next = begin.slice();
    const order = new Int32Array(this.#count);
    for (const row of arrived) order[next[this.#keyOf[row]]++] = row;
    return { order, begin };
  }

  get data(): Float64Array {
    return this.#data;
  }

  #isSortedByReceipt(): boolean {
    for (let i = 1; i < this.#count; i++) {
      if (this.#data[i * this.stride + rowReceivedAt] < this.#data[(i - 1) * this.stride + rowReceivedAt]) return false;
    }
    return true;
  }

  #keyIndex(tenant: number, key: string): number {
    let keys = this.#keys.get(tenant);
    if (keys === undefined) {
      keys = new Map();
      this.#keys.set(tenant, keys);
    }
    let index = keys.get(key);
    if (index === undefined) {
      index = this.#keyCount++;
      keys.set(key, index);
    }
    return index;
  }

  #grow(): void {
    const data = new Float64Array(this.#data.length * 2);
    data.set(this.#data);
    this.#data = data;
    const keyOf = new Int32Array(this.#keyOf.length * 2);
    keyOf.set(this.#keyOf);
    this.#keyOf = keyOf;
  }
}
