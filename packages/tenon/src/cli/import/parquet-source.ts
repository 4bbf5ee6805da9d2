import type { TableFiles } from "../../ports/table-file.ts";
import type { RowSource } from "./row-source.ts";

/** A Parquet file, by way of an engine in a process of its own. */
export async function parquetSource(tables: TableFiles, file: string): Promise<RowSource> {
  const { rows, columns } = await tables.describe(file);
  return {
    columns,
    size: rows,
    ignored: () => [],
    async *read(wanted, from) {
      const asked = wanted.flatMap((name) => columns.find((column) => column.name === name) ?? []);
      let { row } = from;
      for await (const texts of tables.rows({ file, columns: asked, skip: from.offset })) {
        yield Array.from({ length: texts[0]?.length ?? 0 }, (_, i) => {
          const cells = texts.map((column) => column[i] ?? null);
          const raw = Object.fromEntries(asked.map(({ name }, place) => [name, cells[place]]));
          const here = row++;
          return { line: here, row: here, cells, raw, next: { offset: here, line: row, row } };
        });
      }
    },
  };
}
