/**
 * A running aggregate: a commutative monoid over numbers. Values are never null: callers pass nulls over.
 * A state is written to a tile as numbers and merged from there without an object in between.
 */
export interface AggregateState {
  /** Back to the identity. */
  reset(): void;
  /** Takes a value of an event at `time` with log position `seq`. */
  add(value: number, time: number, seq: number): void;
  /** Takes the state that `write` left in `tile` from `start` up to `end`. */
  merge(tile: Float64Array, start: number, end: number): void;
  /** Appends the state as numbers. */
  write(out: number[]): void;
  /** The aggregate's value; NaN stands for null. */
  value(): number;
}
