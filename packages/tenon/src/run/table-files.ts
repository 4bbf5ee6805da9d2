import { DuckDb } from "../drivers/duckdb/duckdb.ts";
import type { ParquetEngine } from "../ports/parquet.ts";
import type { TableFiles } from "../ports/table-file.ts";

/** A small engine of the command line's own: an import is no reason to slow the app's. */
const memoryMbMax = 500;

/** What reads files of rows that others wrote. */
export const openTableFiles = (tempDir: string): TableFiles => new DuckDb({ tempDir, memoryMbMax });

/** What writes Parquet files for others. */
export const openParquetFiles = (tempDir: string): Pick<ParquetEngine, "draft"> & Pick<TableFiles, "close"> =>
  new DuckDb({ tempDir, memoryMbMax });
