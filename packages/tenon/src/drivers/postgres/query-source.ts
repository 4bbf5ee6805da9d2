import { TenonError } from "../../base/error.ts";
import { suggestion } from "../../base/nearest.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { PostgresQueryPlan } from "../../plan/source-plan.ts";
import type { OpenQuery, QueryPageRequest, QueryRow, QuerySource } from "../../ports/query-source.ts";
import { columnValue, timeValue } from "./column-value.ts";
import { PostgresConnection } from "./connection.ts";
import { type CursorType, cursorType } from "./cursor-type.ts";
import { quoted } from "./quoted.ts";

/** A query of a plan on PostgreSQL. */
export const openPostgresQuery: OpenQuery = ({ url, query, columns }) =>
  new PostgresQuerySource(new PostgresConnection(url), query, columns);

class PostgresQuerySource implements QuerySource {
  readonly #connection: PostgresConnection;
  readonly #query: PostgresQueryPlan;
  readonly #columns: readonly ColumnPlan[];
  #cursor: CursorType | undefined;

  constructor(connection: PostgresConnection, query: PostgresQueryPlan, columns: readonly ColumnPlan[]) {
    this.#connection = connection;
    this.#query = query;
    this.#columns = columns;
  }

  async page({ since, after, rowsMax }: QueryPageRequest): Promise<readonly QueryRow[]> {
    this.#cursor ??= await this.#describe();
    const { rows } = await this.#connection.read(this.#pageSql(this.#cursor, after !== undefined), [
      since ?? null,
      rowsMax,
      ...(after === undefined ? [] : [after.cursor, after.id]),
    ]);
    return rows.map((values) => this.#row(values));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** @throws source.query where the query lacks a column that was named */
  async #describe(): Promise<CursorType> {
    const { cursor, id, at, tenant, sql } = this.#query;
    const { fields } = await this.#connection.read(`select * from (${sql}\n) as q limit 0`);
    const names = fields.map(({ name }) => name);
    const needed = [
      cursor,
      id,
      at,
      ...(tenant === undefined ? [] : [tenant]),
      ...this.#columns.map(({ name }) => name),
    ];
    for (const name of needed) {
      if (names.includes(name)) continue;
      const hint = suggestion(name, names);
      throw new TenonError("source.query", `the query has no column "${name}" but ${names.join(", ")}.${hint}`);
    }
    return cursorType(fields.find(({ name }) => name === cursor)?.typeId ?? 0, this.#query, this.#connection);
  }

  /**
   * `$1` is the newest cursor that was taken, `$2` the rows of a page, `$3` and `$4` the last row of the page before.
   * Rows with one cursor are in the order of their ids, so that a page may end among them.
   */
  #pageSql({ type, overlap }: CursorType, isNext: boolean): string {
    const { sql, cursor, id, at, tenant } = this.#query;
    const [position, key] = [`q.${quoted(cursor)}`, `coalesce(q.${quoted(id)}::text, '') collate "C"`];
    const since = `$1::text::${type}`;
    const columns = this.#columns.map(({ name }) => `q.${quoted(name)}::text`);
    const values = [
      `${position}::text`,
      `q.${quoted(id)}::text`,
      `q.${quoted(at)}::text`,
      `($1::text is null or ${position} > ${since})::text`,
      tenant === undefined ? "null" : `q.${quoted(tenant)}::text`,
      ...columns,
    ];
    const from = isNext
      ? `${position} >= $3::text::${type} and (${position} > $3::text::${type} or ${key} > $4::text)`
      : `($1::text is null or ${position} >= ${since}${overlap})`;
    return `select ${values.join(", ")}\nfrom (${sql}\n) as q\nwhere ${position} is not null and ${from}\norder by ${position}, ${key} limit $2`;
  }

  #row([cursor, id, at, isNew, tenant, ...values]: readonly (string | null)[]): QueryRow {
    const row: Record<string, unknown> = { id, at: at === null || at === undefined ? null : timeValue(at) };
    for (const [place, column] of this.#columns.entries())
      row[column.name] = columnValue(column, values[place] ?? null);
    return { cursor: cursor ?? "", id: id ?? "", isNew: isNew === "true", tenant: tenant ?? undefined, row };
  }
}
