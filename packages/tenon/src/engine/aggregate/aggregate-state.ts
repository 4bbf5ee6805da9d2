/**
 * A running aggregate: a commutative monoid over numbers. Values are never null: callers pass nulls over.
 * A state is written to a tile as numbers and merged from there without an object in between.
 */
export interface AggregateState {
  /** Back to the identity. */
  reset(): void;
  /** Takes a value of an event at `time` with log position `seq`, and its group where the aggregate has groups. */
  add(value: number, time: number, seq: number, group: number): void;
  /** Takes the state that `write` left in `tile` from `start` up to `end`. */
  merge(tile: Float64Array, start: number, end: number): void;
  /** Appends the state as numbers. */
  write(out: number[]): void;
  /** The aggregate's value as of the time of a read; NaN stands for null. Of a list: how many numbers it has. */
  value(at: number): number;
  /** The values of an aggregate that has many, flat; in tiles' order, which arrival may change. */
  list?(at: number): readonly number[];
}
