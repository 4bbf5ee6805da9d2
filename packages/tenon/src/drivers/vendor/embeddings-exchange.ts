import { TenonError } from "../../base/error.ts";
import { fieldOf } from "../../base/record.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { VendorWire } from "../../plan/runtime-plan.ts";
import type { ModelValue } from "../../ports/model-runtime.ts";
import type { AnsweredRows, Exchange, ShownRow } from "./exchange.ts";
import { tokensOf } from "./openai-usage.ts";

type EmbeddingsWire = Extract<VendorWire, { kind: "embeddings" }>;

/** OpenAI's `POST /embeddings`: many rows a call, and each output column a component. */
export class EmbeddingsExchange implements Exchange {
  readonly path = "/embeddings";
  readonly rowsMax = 256;
  readonly tokensIn = tokensOf;
  readonly #wire: EmbeddingsWire;
  readonly #size: number;

  constructor(output: readonly ColumnPlan[], wire: EmbeddingsWire) {
    this.#wire = wire;
    this.#size = output.length;
  }

  bodyFor(rows: readonly ShownRow[]): unknown {
    const { model, column } = this.#wire;
    const input = rows.map((row) => String(row[column] ?? ""));
    return { model, input, dimensions: this.#size, encoding_format: "float" };
  }

  read(body: unknown, rowCount: number): AnsweredRows {
    const data = fieldOf(body, "data");
    if (!Array.isArray(data) || data.length !== rowCount)
      throw new TenonError("model.failed", `the vendor answered no ${rowCount} embeddings`);
    const rows = new Array<readonly ModelValue[] | undefined>(rowCount);
    for (const one of data) rows[Number(fieldOf(one, "index"))] = this.#vectorOf(fieldOf(one, "embedding"));
    const told = rows.slice(0, rowCount).filter((row): row is readonly ModelValue[] => row !== undefined);
    if (told.length === rowCount) return told;
    throw new TenonError("model.failed", "the embeddings' places are not those of the rows");
  }

  #vectorOf(vector: unknown): readonly ModelValue[] {
    const isWhole = Array.isArray(vector) && vector.every((one): one is number => Number.isFinite(one));
    if (isWhole && vector.length === this.#size) return vector;
    const found = Array.isArray(vector) ? `${vector.length} components` : "none";
    throw new TenonError("model.failed", `an embedding has ${this.#size} numbers, as many as outputs; found ${found}`);
  }
}
