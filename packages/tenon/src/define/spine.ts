/** The one row that an example, a prediction's input and an on-demand request share: `R` is its type, `E` its entities. */
export interface Spine<out N extends string = string, out R = unknown, out E extends string = string> {
  readonly kind: "event" | "entitySpine";
  readonly name: N;
  /** Present in types only. */
  readonly row?: R;
  readonly keys?: E;
}

export type RowOfSpine<S> = S extends Spine<string, infer R, string> ? R : never;
export type KeysOfSpine<S> = S extends Spine<string, unknown, infer E> ? E : never;

/** A sentence in place of a type: what the compiler shows for a mistake. */
export interface TypeMessage<M extends string> {
  readonly typeError: M;
}
