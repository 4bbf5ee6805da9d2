import { limit } from "../../base/limit.ts";
import type { TableColumn, TableReference, TableSchema } from "../../ports/database-schema.ts";
import { PostgresConnection, type TextRows } from "./connection.ts";

/** Tables of the database's own and of the server are nobody's events. */
const ownTables = `c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')
  and n.nspname not like 'pg\\_%' and has_table_privilege(c.oid, 'select')`;

const tablesSql = `select c.oid, n.nspname, c.relname, greatest(c.reltuples, 0)::bigint
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${ownTables} order by n.nspname <> 'public', n.nspname, c.relname limit ${limit.schemaTablesMax}`;

/** A numeric's modifier holds its precision and, four less than its lower half, its scale. */
const columnsSql = `select a.attrelid, a.attname,
    case when t.typtype = 'e' then 'enum' when t.typtype = 'd' then b.typname else t.typname end,
    case when t.typname = 'numeric' and a.atttypmod >= 4 then (a.atttypmod - 4) & 65535 end, a.attnotnull::text
  from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_type b on b.oid = t.typbasetype
    join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where ${ownTables} and a.attnum > 0 and not a.attisdropped order by a.attrelid, a.attnum`;

const primaryKeysSql = `select k.conrelid, a.attname
  from pg_constraint k cross join unnest(k.conkey) with ordinality as key(attnum, place)
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = key.attnum
  where k.contype = 'p' order by k.conrelid, key.place`;

const foreignKeysSql = `select k.conrelid, a.attname, n.nspname, c.relname, b.attname
  from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
    join pg_class c on c.oid = k.confrelid join pg_namespace n on n.oid = c.relnamespace
  where k.contype = 'f' and cardinality(k.conkey) = 1 order by k.conrelid, k.conkey[1]`;

/**
 * The tables of a database that its user may read.
 * @throws source.unreachable, source.driver
 */
export async function readPostgresSchema(url: string): Promise<readonly TableSchema[]> {
  const connection = new PostgresConnection(url);
  try {
    const tables = await connection.read(tablesSql);
    const columns = byTable(await connection.read(columnsSql));
    const primaryKeys = byTable(await connection.read(primaryKeysSql));
    const foreignKeys = byTable(await connection.read(foreignKeysSql));
    return tables.rows.map(([id, schema, name, rows]) => ({
      schema: schema ?? "",
      name: name ?? "",
      rows: Number(rows),
      columns: (columns.get(id ?? "") ?? []).map(columnOf),
      primaryKey: (primaryKeys.get(id ?? "") ?? []).map(([, column]) => column ?? ""),
      references: (foreignKeys.get(id ?? "") ?? []).map(referenceOf),
    }));
  } finally {
    await connection.close();
  }
}

type Row = TextRows["rows"][number];

const byTable = ({ rows }: TextRows): ReadonlyMap<string, readonly Row[]> =>
  Map.groupBy(rows, ([table]) => String(table));

const columnOf = ([, name, type, scale, isNotNull]: Row): TableColumn => ({
  name: name ?? "",
  type: type ?? "",
  scale: scale === null || scale === undefined ? undefined : Number(scale),
  isNullable: isNotNull !== "true",
});

const referenceOf = ([, column, schema, table, target]: Row): TableReference => ({
  column: column ?? "",
  schema: schema ?? "",
  table: table ?? "",
  target: target ?? "",
});
