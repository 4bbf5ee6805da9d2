import type { Client } from "pg";
import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { SinkColumn, TableSink } from "../../ports/table-sink.ts";
import { failure } from "./connection.ts";
import { loadPg } from "./load-pg.ts";
import { quoted } from "./quoted.ts";

/** Longer names are cut off by the server. */
const nameBytesMax = 63;
const lockTimeoutMs = 60_000;

/**
 * A table by `name` or `schema.name`, which is made where it is not there.
 *
 * Its rows are deleted and inserted in one transaction. A table that takes another's place, or TRUNCATE, would show readers
 * whose snapshot is older an empty table, and lose or block views, grants and indexes; this shows every reader all of the
 * old rows or all of the new, and makes none wait. The price are dead rows, as many as the table has, which autovacuum takes.
 * @source PostgreSQL, "Caveats" of concurrency control: TRUNCATE and the rewriting forms of ALTER TABLE are not MVCC-safe
 */
export function postgresTable(url: string, table: string): TableSink {
  const names = namesOf(table);
  const target = names.map(quoted).join(".");
  return {
    check: () =>
      connected(url, async (client) => {
        await isThere(client, target);
      }),
    replace: (columns, parts) => {
      for (const { name } of columns) checkName(name);
      return connected(url, async (client) => {
        await prepare(client, target, columns);
        await transaction(client, async () => {
          // Writers wait for each other, and readers for no one.
          await client.query(`lock table ${target} in share row exclusive mode`);
          await client.query(`delete from ${target}`);
          const insert = insertSql(target, columns);
          for await (const part of parts) await client.query(insert, [part]);
        });
      });
    },
  };
}

/** @throws cli.usage */
function namesOf(table: string): readonly string[] {
  const names = table.split(".");
  if (names.length > 2 || names.includes(""))
    throw new TenonError("cli.usage", `postgres:TABLE is postgres:name or postgres:schema.name; found "${table}"`);
  for (const name of names) checkName(name);
  return names;
}

function checkName(name: string): void {
  if (Buffer.byteLength(name) > nameBytesMax || name.includes("\0"))
    throw new TenonError("sql.name", `"${name.slice(0, 100)}" has more than ${nameBytesMax} bytes`);
}

const insertSql = (target: string, columns: readonly SinkColumn[]): string => {
  const names = columns.map(({ name }) => quoted(name)).join(", ");
  const typed = columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(", ");
  return `insert into ${target} (${names}) select ${names} from json_to_recordset($1::json) as scored(${typed})`;
};

/** Makes the table, or adds the columns that it lacks: both are seen at once, before any row is. */
async function prepare(client: Client, target: string, columns: readonly SinkColumn[]): Promise<void> {
  const typed = columns.map(({ name, type }) => `${quoted(name)} ${type}`);
  if (!(await isThere(client, target))) {
    await client.query(`create table if not exists ${target} (${typed.join(", ")})`);
    return;
  }
  const { rows } = await client.query<{ attname: string }>(
    "select attname from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped",
    [target],
  );
  const missing = typed.filter((_, place) => !rows.some(({ attname }) => attname === columns[place]?.name));
  if (missing.length === 0) return;
  const added = missing.map((column) => `add column if not exists ${column}`).join(", ");
  await transaction(client, () => client.query(`alter table ${target} ${added}`));
}

/** @throws score.sink where it is no table */
async function isThere(client: Client, target: string): Promise<boolean> {
  const { rows } = await client.query<{ relkind: string }>(
    "select relkind::text from pg_class where oid = to_regclass($1)",
    [target],
  );
  const kind = rows[0]?.relkind;
  if (kind === undefined || kind === "r" || kind === "p") return kind !== undefined;
  throw new TenonError("score.sink", `${target} is no table: it is a view, or something else that is not written to`);
}

async function transaction(client: Client, act: () => Promise<unknown>): Promise<void> {
  await client.query(
    `begin; set local lock_timeout = ${lockTimeoutMs}; set local statement_timeout = ${limit.scoreStatementMsMax}; set local timezone = 'UTC'`,
  );
  // What fails ends the connection, and with it the transaction.
  await act();
  await client.query("commit");
}

async function connected<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const { Client: PgClient } = await loadPg();
  let client: Client | undefined;
  try {
    client = new PgClient({
      connectionString: url,
      application_name: "tenon score",
      connectionTimeoutMillis: limit.sourceConnectMsMax,
      query_timeout: limit.scoreStatementMsMax + limit.sourceConnectMsMax,
      keepAlive: true,
    });
    // What breaks the connection is thrown by the statement that is under way, or by the next.
    client.on("error", () => {});
    await client.connect();
    return await use(client);
  } catch (thrown) {
    const told = failure(thrown);
    throw told.code === "source.query" ? new TenonError("score.sink", told.message) : told;
  } finally {
    await client?.end().catch(() => {});
  }
}
