import type { EventPlan, FeatureSetPlan } from "../plan/plan.ts";
import type { SqlDialect } from "./dialect.ts";
import { type SqlType, sqlTypeOf } from "./sql-type.ts";

/** The relation of the reads: one row for each row that is wanted. */
export const readsRelation = "tenon_reads";

/** The relation of an event's rows, or of a table's. */
export const rowsRelation = ({ name, table }: EventPlan): string =>
  `tenon_${table === undefined ? "event" : "table"}_${name}`;

/** The column with a row's time. */
export const timeColumn = ({ table }: EventPlan): string => (table === undefined ? "_at" : "_valid_from");

const whole: SqlType = { kind: "whole" };
const text: SqlType = { kind: "text" };

/** The statement that makes the relation of a set's reads as an empty table. */
export const createReads = ({ keyType }: FeatureSetPlan, dialect: SqlDialect): string =>
  createTable(dialect, readsRelation, [
    ["n", whole, true],
    ["tenant", text, true],
    ["key", keyType === "integer" ? whole : text, true],
    ["at", whole, true],
    ["as_of", text, false],
    ["position", whole, false],
  ]);

/** The statement that makes the relation of an event's rows, or of a table's, as an empty table. */
export function createRows(event: EventPlan, dialect: SqlDialect): string {
  const retraction = [
    ["_retracted_position", whole, false],
    ["_retracted_at", whole, false],
  ] as const;
  return createTable(dialect, rowsRelation(event), [
    // A name of the app begins with a letter: these are never a column's.
    ["_tenant", text, true],
    ["_position", whole, true],
    [timeColumn(event), whole, true],
    ["_received_at", whole, true],
    ...(event.table === undefined ? retraction : []),
    ...event.columns.map((column) => [column.name, sqlTypeOf(column), !column.nullable] as const),
  ]);
}

type Column = readonly [name: string, type: SqlType, isRequired: boolean];

function createTable(dialect: SqlDialect, name: string, columns: readonly Column[]): string {
  const lines = columns.map(
    ([column, type, isRequired]) =>
      `  ${dialect.identifier(column)} ${dialect.type(type)}${isRequired ? " NOT NULL" : ""}`,
  );
  return `CREATE TABLE ${dialect.identifier(name)} (\n${lines.join(",\n")}\n)`;
}
