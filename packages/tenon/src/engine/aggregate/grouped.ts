import { limit } from "../../base/limit.ts";
import type { AggregateState } from "./aggregate-state.ts";

/** What a tile holds in place of groups where there are too many. */
const tooMany = -1;

/**
 * An aggregate for each value of another column, as pairs of group and value: exact where the aggregate is. A window with
 * more groups than `limit.groupsMax` is null, whatever their order. Empty: an empty map.
 */
export class GroupedState implements AggregateState {
  readonly #make: () => AggregateState;
  readonly #groups = new Map<number, AggregateState>();
  /** States of earlier reads, to be used again. */
  readonly #free: AggregateState[] = [];
  #overflowed = false;

  constructor(make: () => AggregateState) {
    this.#make = make;
  }

  reset(): void {
    for (const state of this.#groups.values()) this.#free.push(state);
    this.#groups.clear();
    this.#overflowed = false;
  }

  add(value: number, time: number, seq: number, group: number): void {
    this.#group(group)?.add(value, time, seq, 0);
  }

  /** `[group, length, state …, group, length, state …]`, or `[tooMany]` */
  merge(tile: Float64Array, start: number, end: number): void {
    if (end === start + 1) this.#overflow();
    else
      for (let at = start; at < end; at += 2 + tile[at + 1])
        this.#group(tile[at])?.merge(tile, at + 2, at + 2 + tile[at + 1]);
  }

  write(out: number[]): void {
    if (this.#overflowed) {
      out.push(tooMany);
      return;
    }
    for (const [group, state] of this.#groups) {
      const at = out.push(group, 0) - 1;
      state.write(out);
      out[at] = out.length - at - 1;
    }
  }

  value(): number {
    return this.#overflowed ? Number.NaN : this.#groups.size;
  }

  list(at: number): readonly number[] {
    return [...this.#groups].flatMap(([group, state]) => [group, state.value(at)]);
  }

  #group(group: number): AggregateState | undefined {
    const known = this.#groups.get(group);
    if (known !== undefined || this.#overflowed) return known;
    if (this.#groups.size === limit.groupsMax) return this.#overflow();
    const state = this.#free.pop() ?? this.#make();
    state.reset();
    this.#groups.set(group, state);
    return state;
  }

  #overflow(): undefined {
    this.#groups.clear();
    this.#overflowed = true;
  }
}
