import type { SinkColumn } from "../../ports/table-sink.ts";
import { openTableSink } from "../../run/table-sink.ts";
import { type ColumnKind, jsonCell, type ScoreColumn, type ScoredRow } from "./score-column.ts";
import type { ScoreSink } from "./score-sink.ts";

const types: Readonly<Record<Exclude<ColumnKind, "nothing">, string>> = {
  text: "text",
  integer: "bigint",
  number: "double precision",
  decimal: "numeric",
  flag: "boolean",
  time: "timestamptz",
  texts: "text[]",
  json: "jsonb",
};

/** The rows of a table of PostgreSQL. */
export function postgresSink(url: string, table: string): ScoreSink {
  const sink = openTableSink(url, table);
  return {
    name: table,
    check: () => sink.check(),
    close: async () => {},
    async handOver({ columns, read, told }) {
      // A column without a value has no type yet: it is made once it has one.
      const own = columns.flatMap((column): (ScoreColumn & SinkColumn)[] =>
        column.kind === "nothing" ? [] : [{ ...column, type: types[column.kind] }],
      );
      const parts = async function* (): AsyncGenerator<string> {
        let rows = 0;
        for await (const part of read(0)) {
          yield `[${part.rows.map((row) => objectText(row, own)).join(",")}]`;
          rows += part.rows.length;
          await told(rows);
        }
      };
      await sink.replace(own, parts());
    },
  };
}

const objectText = (row: ScoredRow, columns: readonly ScoreColumn[]): string =>
  JSON.stringify(Object.fromEntries(columns.map((column) => [column.name, storable(jsonCell(row, column))])));

/** Texts of PostgreSQL hold no NUL and no half of a character: both become U+FFFD. */
function storable(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\uFFFD");
  if (Array.isArray(value)) return value.map(storable);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, storable(one)]));
}
