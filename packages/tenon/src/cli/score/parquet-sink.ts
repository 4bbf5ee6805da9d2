import type { ParquetColumn, ParquetField } from "../../ports/parquet.ts";
import { openParquetFiles } from "../../run/table-files.ts";
import { fileSink, numberCell, textCell } from "./file-sink.ts";
import type { ColumnKind, ScoreColumn, ScoredRow } from "./score-column.ts";
import type { ScoreSink } from "./score-sink.ts";

const types: Readonly<Record<ColumnKind, ParquetField["type"]>> = {
  text: "VARCHAR",
  integer: "BIGINT",
  number: "DOUBLE",
  decimal: "DOUBLE",
  flag: "BOOLEAN",
  time: "TIMESTAMPTZ",
  texts: "VARCHAR",
  json: "VARCHAR",
  nothing: "VARCHAR",
};

/** A Parquet file, by way of an engine in a process of its own. */
export function parquetSink(file: string, tempDir: string): ScoreSink {
  const engine = openParquetFiles(tempDir);
  const sink = fileSink(
    file,
    async (temporary, { columns, read, told }) => {
      const draft = await engine.draft(columns.map(({ name, kind }) => ({ name, type: types[kind] })));
      try {
        let rows = 0;
        for await (const part of read(0)) {
          await draft.append(columns.map((column) => valuesOf(part.rows, column)));
          rows += part.rows.length;
          await told(rows);
        }
        await draft.finish(temporary);
      } finally {
        await draft.abandon();
      }
    },
    () => engine.close(),
  );
  return sink;
}

function valuesOf(rows: readonly ScoredRow[], column: ScoreColumn): ParquetColumn {
  const { name, kind } = column;
  const type = types[kind];
  if (type === "VARCHAR") return { name, type, values: rows.map((row) => textCell(row, column)) };
  if (type === "BLOB") throw new TypeError(`no score is bytes: ${name}`);
  return { name, type, values: Float64Array.from(rows, (row) => numberCell(row, column)) };
}
