import { isRecord } from "../../base/record.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { VendorWire } from "../../plan/runtime-plan.ts";
import { type AnsweredRows, type Exchange, filled, type ShownRow, type Tokens } from "./exchange.ts";
import { countOf } from "./openai-usage.ts";
import { OutputReader } from "./output-schema.ts";

type MappedWire = Extract<VendorWire, { kind: "mapped" }>;

/** A declared body, and JSON pointers into what is answered: a call a row. */
export class MappedExchange implements Exchange {
  readonly path = "";
  readonly rowsMax = 1;
  readonly #wire: MappedWire;
  readonly #reader: OutputReader;

  constructor(output: readonly ColumnPlan[], wire: MappedWire) {
    this.#wire = wire;
    this.#reader = new OutputReader(output);
  }

  bodyFor([row = {}]: readonly ShownRow[]): unknown {
    return filledIn(this.#wire.body, row);
  }

  tokensIn(body: unknown): Tokens {
    const { tokens } = this.#wire;
    const count = (pointer: string | undefined): number => (pointer === undefined ? 0 : countOf(at(body, pointer)));
    return { inputTokens: count(tokens?.input), outputTokens: count(tokens?.output) };
  }

  read(body: unknown): AnsweredRows {
    const { answer } = this.#wire;
    const told = Object.fromEntries(
      Object.entries(answer).flatMap(([name, pointer]) => {
        const value = at(body, pointer);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    return [this.#reader.read(told)];
  }
}

/** A text that is one place alone becomes the row's value as it is, a number or a flag too. */
function filledIn(template: unknown, row: ShownRow): unknown {
  if (typeof template === "string") {
    const [, only = ""] = /^\{([a-zA-Z]\w*)\}$/.exec(template) ?? [];
    return Object.hasOwn(row, only) ? row[only] : filled(template, row);
  }
  if (Array.isArray(template)) return template.map((one: unknown) => filledIn(one, row));
  if (!isRecord(template)) return template;
  return Object.fromEntries(Object.entries(template).map(([name, one]) => [name, filledIn(one, row)]));
}

/** Source: RFC 6901. */
function at(body: unknown, pointer: string): unknown {
  let found = body;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(found)) found = found[Number(name)];
    else if (isRecord(found) && Object.hasOwn(found, name)) found = found[name];
    else return undefined;
  }
  return found;
}
