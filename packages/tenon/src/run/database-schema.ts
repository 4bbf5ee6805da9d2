import { readPostgresSchema } from "../drivers/postgres/read-schema.ts";
import type { TableSchema } from "../ports/database-schema.ts";

/**
 * The tables of a database.
 * @throws source.unreachable, source.driver
 */
export const databaseSchema = (url: string): Promise<readonly TableSchema[]> => readPostgresSchema(url);
