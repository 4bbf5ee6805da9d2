import { limit } from "../../base/limit.ts";
import { type Refuse, shown } from "./model-file-error.ts";

/** A part of a file's JSON with its path: what it lacks, or has of another kind, is told with its place. */
export class JsonPart {
  readonly value: unknown;
  readonly path: string;
  readonly refuse: Refuse;

  constructor(value: unknown, path: string, refuse: Refuse) {
    this.value = value;
    this.path = path;
    this.refuse = refuse;
  }

  /** The same part, whose mistakes are told in another way. */
  refusing(refuse: Refuse): JsonPart {
    return new JsonPart(this.value, this.path, refuse);
  }

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  at(...names: readonly string[]): JsonPart {
    let part: JsonPart = this;
    for (const name of names) {
      const { value, path } = part;
      const found =
        typeof value === "object" && value !== null && Object.hasOwn(value, name)
          ? (value as Readonly<Record<string, unknown>>)[name]
          : undefined;
      part = new JsonPart(found, path === "" ? name : `${path}.${name}`, this.refuse);
    }
    return part;
  }

  /** The items of a list, no more than given. */
  list(countMax: number): readonly JsonPart[] {
    const { value } = this;
    if (!Array.isArray(value) && !(value instanceof Float64Array)) return this.#isNot("a list");
    if (value.length > countMax) this.refuse(`${this.path} has ${value.length} items, more than ${countMax}`);
    return Array.from(value, (item: unknown, i) => new JsonPart(item, `${this.path}[${i}]`, this.refuse));
  }

  /** A list of numbers, of a given length where one is given. */
  numbers(length?: number): ArrayLike<number> {
    const { value } = this;
    const isNumbers =
      value instanceof Float64Array || (Array.isArray(value) && value.every((item) => typeof item === "number"));
    if (!isNumbers) return this.#isNot("a list of numbers");
    if (length !== undefined && value.length !== length)
      this.refuse(`${this.path} has ${value.length} numbers, not ${length}`);
    return value;
  }

  texts(): readonly string[] {
    const { value } = this;
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    return this.#isNot("a list of texts");
  }

  text(): string {
    return typeof this.value === "string" ? this.value : this.#isNot("a text");
  }

  number(): number {
    const value = typeof this.value === "string" && this.value.trim() !== "" ? Number(this.value) : this.value;
    return typeof value === "number" && Number.isFinite(value) ? value : this.#isNot("a number");
  }

  count(o: { readonly min: number; readonly max: number }): number {
    const value = this.number();
    if (Number.isInteger(value) && value >= o.min && value <= o.max) return value;
    return this.refuse(`${this.path} is ${shown(this.value)}, not a whole number from ${o.min} to ${o.max}`);
  }

  #isNot(what: string): never {
    return this.refuse(
      this.value === undefined ? `${this.path} is missing` : `${this.path} is ${shown(this.value)}, not ${what}`,
    );
  }
}

/** The JSON of a file. */
export function readJson(bytes: Buffer, refuse: Refuse): JsonPart {
  checkSize(bytes, refuse);
  try {
    return new JsonPart(JSON.parse(bytes.toString("utf8")), "", refuse);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.slice(0, 120) : "";
    return refuse(`it is no whole JSON: ${why}`);
  }
}

const openings: ReadonlySet<number> = new Set(Buffer.from("[{"));
const comma = 44;

/** A parser makes an object of every two bytes, if a file wants it: what it will make is counted first. */
function checkSize(bytes: Buffer, refuse: Refuse): void {
  let parts = 0;
  let commas = 0;
  for (const byte of bytes) {
    if (byte === comma) commas++;
    else if (openings.has(byte)) parts++;
  }
  if (parts > limit.modelPartsMax) refuse(`it has ${parts} lists and objects; up to ${limit.modelPartsMax} are read`);
  if (commas > limit.modelValuesMax) refuse(`it has ${commas} values; up to ${limit.modelValuesMax} are read`);
}
