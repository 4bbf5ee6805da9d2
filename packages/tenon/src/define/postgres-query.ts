import { writtenOptions } from "./frozen.ts";
import type { PostgresQueryDefinition, PostgresQueryOptions } from "./source.ts";

/**
 * Takes an event's rows from PostgreSQL: those with a newer cursor, again and again. A row is one event, by its id: where
 * rows change, an id such as `id || '@' || updated_at` makes each change an event of its own.
 * @example
 * const order = event("order", { account: c.ref(account), cents: c.integer() }, {
 *   from: postgresQuery({ url: secret("DATABASE_URL"), sql: "select id, account, cents, created_at from orders", cursor: "created_at" }),
 * });
 */
export const postgresQuery = (options: PostgresQueryOptions): PostgresQueryDefinition =>
  Object.freeze({
    kind: "source",
    of: "postgresQuery",
    options: Object.freeze({ ...options }),
    written: writtenOptions(options),
  });
