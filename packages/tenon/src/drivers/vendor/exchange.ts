import type { ModelUsage, ModelValue } from "../../ports/model-runtime.ts";

/** Rows by column name, as a prompt or a body shows them: times as ISO 8601. */
export type ShownRow = Readonly<Record<string, string | number | boolean | null>>;

export type Tokens = Pick<ModelUsage, "inputTokens" | "outputTokens">;

/** By row, the output's columns in their order. */
export type AnsweredRows = readonly (readonly ModelValue[])[];

/** How a vendor is asked, and what its answers mean. */
export interface Exchange {
  /** After the vendor's address. */
  readonly path: string;
  /** Rows of one call. */
  readonly rowsMax: number;
  bodyFor(rows: readonly ShownRow[]): unknown;
  /** What an answer says that it took, also one that is of no use. */
  tokensIn(body: unknown): Tokens;
  /** @throws model.failed where it is no answer for these rows */
  read(body: unknown, rowCount: number): AnsweredRows;
}

/** `{column}` stands for the row's value. */
export const filled = (text: string, row: ShownRow): string =>
  text.replaceAll(/\{([a-zA-Z]\w*)\}/g, (whole, name: string) =>
    Object.hasOwn(row, name) ? String(row[name] ?? "") : whole,
  );
