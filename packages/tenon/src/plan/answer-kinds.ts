import type { ErrorCode } from "../base/error.ts";
import { checkName } from "./check-name.ts";
import { describe } from "./describe.ts";
import { Mistakes } from "./mistakes.ts";

/** What a column of an on-demand function holds. */
export type AnswerKind = "number" | "category" | "flag";

const kindOf: Readonly<Record<string, AnswerKind | undefined>> = {
  number: "number",
  string: "category",
  boolean: "flag",
};

/** Collects what the columns of an on-demand function hold from its answers. */
export class AnswerKinds {
  readonly #path: string;
  readonly #add: (code: ErrorCode, path: string, message: string) => void;
  readonly #kinds = new Map<string, AnswerKind | undefined>();
  #isFirst = true;

  constructor(path: string, add: (code: ErrorCode, path: string, message: string) => void) {
    this.#path = path;
    this.#add = add;
  }

  take(answer: Readonly<Record<string, unknown>>): void {
    const missing = [...this.#kinds.keys()].find((name) => !Object.hasOwn(answer, name));
    const more = Object.keys(answer).find((name) => !this.#isFirst && !this.#kinds.has(name));
    const odd = missing ?? more;
    if (odd !== undefined) {
      this.#add(
        "define.column",
        `${this.#path}.${odd}`,
        `"${odd}" is in some answers and not in others; answer null where there is no value`,
      );
    }
    this.#isFirst = false;
    for (const [name, value] of Object.entries(answer)) this.#value(name, value);
  }

  #value(name: string, value: unknown): void {
    const path = `${this.#path}.${name}`;
    const before = this.#kinds.get(name);
    const kind = value === null ? undefined : kindOf[typeof value];
    if (!this.#kinds.has(name)) {
      const names = new Mistakes();
      checkName(name, path, names);
      for (const place of names.places) this.#add(place.code, place.path, place.message);
    }
    if (value !== null && kind === undefined) {
      const message = `an on-demand answer is a text, a number, a yes or no, or null; found ${describe(value)}`;
      this.#add("define.column", path, message);
    } else if (before !== undefined && kind !== undefined && before !== kind) {
      this.#add(
        "define.column",
        path,
        `"${name}" is a ${before} in some answers and a ${kind} in others; answer one type`,
      );
    }
    this.#kinds.set(name, before ?? kind);
  }

  columns(): readonly { readonly name: string; readonly kind: AnswerKind }[] {
    return [...this.#kinds].flatMap(([name, kind]) => (kind === undefined ? [] : [{ name, kind }]));
  }

  /** Columns that were null in every answer. */
  unknown(): readonly string[] {
    return [...this.#kinds].flatMap(([name, kind]) => (kind === undefined ? [name] : []));
  }
}
