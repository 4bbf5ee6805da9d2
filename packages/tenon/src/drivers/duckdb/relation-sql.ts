import type { ColumnPlan } from "../../plan/plan.ts";
import type { Relation } from "../../ports/batch-engine.ts";
import type { ParquetField } from "../../ports/parquet.ts";
import { identifier, literal } from "./sql-text.ts";

/** What every row has before its columns. */
export const rowFields: readonly ParquetField[] = [
  { name: "tenant", type: "DOUBLE" },
  { name: "seq", type: "DOUBLE" },
  { name: "at", type: "DOUBLE" },
  { name: "receivedAt", type: "DOUBLE" },
  { name: "id", type: "VARCHAR" },
];

/** Whose rows are seen, and as of when. */
export interface Seen {
  readonly tenant: number;
  readonly asOfMs: number;
}

/** The tables of the engine that a relation's rows are in. */
export interface RelationTables {
  readonly rows: string;
  readonly retracted: string;
}

export const isText = (column: ColumnPlan): boolean =>
  column.type === "text" || column.type === "oneOf" || (column.type === "ref" && column.to?.keyType !== "integer");

export const fieldsOf = ({ columns }: Relation): readonly ParquetField[] => [
  ...rowFields,
  ...columns.map((column): ParquetField => ({ name: column.name, type: isText(column) ? "VARCHAR" : "DOUBLE" })),
];

/** The view that a relation is to SQL; undefined for what it does not see. */
export function viewSql(relation: Relation, tables: RelationTables, runs: RelationTables | undefined, seen: Seen) {
  const columns = relation.columns.map((column, i) => ({
    column,
    sql: valueSql(column, `e.c${rowFields.length + i}`),
  }));
  const shown = columns.map(({ column, sql }) => `${sql} as ${identifier(column.name)}`);
  const [at, receivedAt] = ["e.c2", "e.c3"].map((time) => `epoch_ms(cast(${time} as bigint))`);
  const own = `e.c0 = ${seen.tenant}`;
  const known = `${own} and e.c3 <= ${seen.asOfMs}`;
  const from = `from ${tables.rows} as e`;
  switch (relation.kind) {
    case "event": {
      const there = `not exists (select 1 from ${tables.retracted} as r where r.c0 = e.c1 and r.c1 <= ${seen.asOfMs})`;
      const envelope = [`decode(e.c4) as id`, `${at} as at`, `${receivedAt} as "receivedAt"`];
      return `select ${[...envelope, ...shown].join(", ")} ${from} where ${known} and e.c2 < ${seen.asOfMs} and ${there}`;
    }
    case "table": {
      const key = columns.find(({ column }) => column.name === relation.key)?.sql;
      const latest = `row_number() over (partition by ${key} order by e.c2 desc, e.c1 desc) as "latest row"`;
      const deleted = identifier(relation.columns.at(-1)?.name ?? "");
      const inner = `select ${shown.join(", ")}, ${at} as "validFrom", e.c2 as "valid ms", ${latest} ${from} where ${known} and e.c2 <= ${seen.asOfMs}`;
      const valid = Number.isFinite(relation.ttlMs) ? ` and ${seen.asOfMs} - "valid ms" < ${relation.ttlMs}` : "";
      return `select * exclude ("latest row", "valid ms", ${deleted}) from (${inner}) where "latest row" = 1 and not ${deleted}${valid}`;
    }
    case "batch": {
      const published = `r.c0 = ${seen.tenant} and r.c3 <= ${seen.asOfMs} and r.c2 <= ${seen.asOfMs} and decode(r.c5) = ${literal(relation.runsKey)}`;
      const run = `select r.c6 as rows_at, r.c7 as as_of from ${runs?.rows} as r where ${published} order by r.c2 desc, r.c1 desc limit 1`;
      const valid = Number.isFinite(relation.ttlMs) ? ` and ${seen.asOfMs} - run.as_of <= ${relation.ttlMs}` : "";
      return `select ${shown.join(", ")} ${from}, (${run}) as run where ${own} and e.c2 = run.rows_at${valid}`;
    }
    case "features":
      return `select ${shown.join(", ")} ${from} where ${own}`;
    case "runs":
      return undefined;
  }
}

/** A value with its type, of what the engine was given. */
function valueSql(column: ColumnPlan, given: string): string {
  if (isText(column)) return `decode(${given})`;
  const number = `nullif(${given}, 'nan'::double)`;
  switch (column.type) {
    case "integer":
    case "ref":
      return `cast(${number} as bigint)`;
    case "flag":
      return `(${number} = 1)`;
    case "time":
      return `epoch_ms(cast(${number} as bigint))`;
    case "decimal":
      return column.scale === 0 ? `cast(${number} as decimal(18,0))` : scaledSql(number, column.scale);
    default:
      return number;
  }
}

/** Kept as whole numbers, decimals are exact in SQL, too. */
const scaledSql = (number: string, scale: number): string =>
  `cast(cast(${number} as decimal(18,0)) * cast('1e-${scale}' as decimal(${scale + 1},${scale})) as decimal(18,${scale}))`;

/** A column of an answer as it travels: texts as they are, all else as a double. */
export const answerSql = (column: ColumnPlan): string =>
  column.type === "time"
    ? `epoch_ms(cast(${identifier(column.name)} as timestamp))`
    : column.type === "flag"
      ? `cast(${identifier(column.name)} as boolean)`
      : identifier(column.name);
