import { postgresTable } from "../drivers/postgres/table-sink.ts";
import type { TableSink } from "../ports/table-sink.ts";

/**
 * A table of a database whose rows are replaced.
 * @throws cli.usage, sql.name for a name that no table has
 */
export const openTableSink = (url: string, table: string): TableSink => postgresTable(url, table);
