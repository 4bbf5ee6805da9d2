import { TenonError } from "../../base/error.ts";
import { nearestName } from "../../base/nearest.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { AnsweredRow, BatchEngine, Relation, RelationRow, RelationRows } from "../../ports/batch-engine.ts";
import type { ParquetColumn, ParquetField } from "../../ports/parquet.ts";
import { DuckDb, type DuckDbOptions } from "./duckdb.ts";
import { GatheredTable } from "./gathered-table.ts";
import { answerSql, fieldsOf, isText, type RelationTables, viewSql } from "./relation-sql.ts";
import { refusalOf } from "./sql-reach.ts";
import { identifier, literal } from "./sql-text.ts";

/** A name that no definition can have. */
const answered = "_answer";
const retractedFields: readonly ParquetField[] = [
  { name: "seq", type: "DOUBLE" },
  { name: "receivedAt", type: "DOUBLE" },
];

/** Batches on DuckDB, in a process of its own that reaches nothing. */
export class DuckDbBatchEngine implements BatchEngine {
  readonly #duckDb: DuckDb;
  readonly #filled = new Map<string, { readonly relation: Relation; readonly rows: FilledRelation }>();

  constructor(options: Pick<DuckDbOptions, "tempDir" | "memoryMbMax">) {
    this.#duckDb = new DuckDb({ ...options, isSealed: true });
  }

  async relation(relation: Relation): Promise<RelationRows> {
    const fields = fieldsOf(relation);
    const rows = new FilledRelation(
      new GatheredTable(await this.#duckDb.table(fields), fields),
      new GatheredTable(await this.#duckDb.table(retractedFields), retractedFields),
    );
    this.#filled.set(relation.name, { relation, rows });
    return rows;
  }

  async at(seen: { readonly tenant: number; readonly asOfMs: number }): Promise<void> {
    const runs = [...this.#filled.values()].find(({ relation }) => relation.kind === "runs");
    await this.#duckDb.run(`create or replace macro as_of() as epoch_ms(cast(${seen.asOfMs} as bigint))`);
    for (const { relation, rows } of this.#filled.values()) {
      await rows.flush();
      const view = viewSql(relation, rows.tables, runs?.rows.tables, seen);
      if (view !== undefined) await this.#duckDb.run(`create or replace view ${identifier(relation.name)} as ${view}`);
    }
  }

  async check(sql: string, key: ColumnPlan, columns: readonly ColumnPlan[]): Promise<void> {
    await this.#checkReach(sql);
    const fields: ParquetField[] = ["name", "type", "null", "key", "default", "extra"].map((name) => ({
      name,
      type: "VARCHAR",
    }));
    const names: (string | null)[] = [];
    for await (const batch of this.#duckDb.query(`from (describe (${sql}\n))`, fields)) {
      const [found] = batch.columns;
      if (found.type === "VARCHAR") names.push(...found.values);
    }
    for (const { name } of [key, ...columns]) {
      if (names.some((found) => found?.toLowerCase() === name.toLowerCase())) continue;
      const nearest = nearestName(
        name,
        names.filter((found) => found !== null),
      );
      const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
      throw new TenonError("batch.rows", `the SQL answers no column "${name}" but ${names.join(", ")}.${hint}`);
    }
    await this.#duckDb.run(`explain select ${[key, ...columns].map(answerSql).join(", ")} from (${sql}\n) as answer`);
  }

  /** Before anything is bound: a constant is computed when it is. */
  async #checkReach(sql: string): Promise<void> {
    const [parsed = ""] = await this.#texts(`select cast(json_serialize_sql(${literal(sql)}) as varchar)`);
    const statement: { error: boolean; error_message?: string; statements?: unknown[] } = JSON.parse(parsed);
    if (statement.error)
      throw new TenonError("batch.sql", (statement.error_message ?? "it cannot be read").slice(0, 500));
    const unstable = await this.#texts(
      "select distinct function_name from duckdb_functions() where coalesce(stability, 'CONSISTENT') <> 'CONSISTENT'",
    );
    const relations = [...this.#filled.values()].flatMap(({ relation }) =>
      relation.kind === "runs" ? [] : [relation.name],
    );
    const refusal =
      statement.statements?.length === 1 ? refusalOf(statement, relations, unstable) : "it is not one select";
    if (refusal !== undefined) throw new TenonError("batch.sql", refusal);
  }

  /** The texts of a select of one column. */
  async #texts(sql: string): Promise<readonly string[]> {
    const texts: string[] = [];
    for await (const { columns } of this.#duckDb.query(sql, [{ name: "text", type: "VARCHAR" }])) {
      const [found] = columns;
      if (found.type === "VARCHAR") texts.push(...found.values.filter((text) => text !== null));
    }
    return texts;
  }

  async *rows(
    sql: string,
    key: ColumnPlan,
    columns: readonly ColumnPlan[],
  ): AsyncGenerator<readonly AnsweredRow[], void> {
    const asked = [key, ...columns];
    await this.#duckDb.run(
      `create or replace table ${answered} as select ${asked.map((column, i) => `${answerSql(column)} as c${i}`).join(", ")} from (${sql}\n) as answer`,
    );
    await this.#checkKeys(key);
    const fields = asked.map(
      (column): ParquetField => ({
        name: column.name,
        type: isText(column) ? "VARCHAR" : "DOUBLE",
      }),
    );
    for await (const batch of this.#duckDb.query(`select * from ${answered}`, fields)) {
      const values = batch.columns.map((column, i) => valuesOf(asked[i], column));
      yield Array.from({ length: batch.rows }, (_, row) => values.map((column) => column[row]));
    }
    await this.#duckDb.run(`drop table ${answered}`);
  }

  async #checkKeys(key: ColumnPlan): Promise<void> {
    const twice = `select cast(c0 as varchar), count(*) from ${answered} group by c0 having count(*) > 1 or c0 is null order by 2 desc limit 1`;
    const fields: ParquetField[] = [
      { name: "key", type: "VARCHAR" },
      { name: "count", type: "DOUBLE" },
    ];
    for await (const { columns } of this.#duckDb.query(twice, fields)) {
      const [keys, counts] = columns;
      const shown = keys.type === "VARCHAR" ? keys.values[0] : null;
      const what =
        shown === null
          ? `${counts.values[0]} rows have no "${key.name}": leave them out with \`where ${key.name} is not null\``
          : `"${shown.slice(0, 100)}" has ${counts.values[0]} rows: \`group by ${key.name}\` makes one of them`;
      throw new TenonError("batch.rows", `the SQL has to answer one row for each "${key.name}"; ${what}`);
    }
  }

  close(): Promise<void> {
    return this.#duckDb.close();
  }
}

/** Times and whole numbers come as doubles; what is missing came as NaN. */
function valuesOf({ type }: ColumnPlan, column: ParquetColumn): AnsweredRow {
  if (column.type === "VARCHAR") return column.values;
  if (column.type === "BLOB") throw new TypeError(`the column ${column.name} holds bytes`);
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : type === "flag" ? value === 1 : value));
}

class FilledRelation implements RelationRows {
  readonly #rows: GatheredTable;
  readonly #retracted: GatheredTable;

  constructor(rows: GatheredTable, retracted: GatheredTable) {
    this.#rows = rows;
    this.#retracted = retracted;
  }

  get tables(): RelationTables {
    return { rows: this.#rows.name, retracted: this.#retracted.name };
  }

  add({ tenant, seq, atMs, receivedAtMs, id, values }: RelationRow): Promise<void> {
    return this.#rows.add([tenant, seq, atMs, receivedAtMs, id, ...values]);
  }

  retract(seq: number, receivedAtMs: number): Promise<void> {
    return this.#retracted.add([seq, receivedAtMs]);
  }

  async clear(): Promise<void> {
    await this.#rows.clear();
  }

  async flush(): Promise<void> {
    await this.#rows.flush();
    await this.#retracted.flush();
  }
}
