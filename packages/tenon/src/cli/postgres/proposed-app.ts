import type { TableColumn, TableReference, TableSchema } from "../../ports/database-schema.ts";
import { chooseColumn, isKey, isSecret, isWholeKey, timeTypes } from "./column-choice.ts";
import { DefinitionNames, singular } from "./definition-names.ts";
import { changeName, infoOf, type ProposedInfo } from "./proposed-info.ts";

/** What a configuration is proposed of: the guesses, with why. */
export interface ProposedApp {
  readonly entities: readonly ProposedEntity[];
  readonly events: readonly ProposedEvent[];
  /** Tables that are neither, in sentences. */
  readonly left: readonly string[];
}

export interface ProposedEntity {
  readonly name: string;
  readonly isWhole: boolean;
  readonly table: TableSchema;
  /** What its rows say of it. */
  readonly info: ProposedInfo | undefined;
}

export interface ProposedEvent {
  readonly name: string;
  readonly table: TableSchema;
  readonly cursor: TableColumn;
  readonly columns: readonly ProposedColumn[];
  /** Of the database, by name: those that were left out. */
  readonly left: readonly string[];
  /** What the reader is to look at. */
  readonly notes: readonly string[];
}

export interface ProposedColumn {
  readonly name: string;
  readonly source: string;
  readonly builder: string;
  readonly isAmount: boolean;
  /** The entity that it refers to. */
  readonly entity: ProposedEntity | undefined;
  readonly isNullable: boolean;
}

/** Tables of these names are about somebody or something, also where they refer to others themselves. */
const entityName =
  /^(user|account|customer|organi[sz]ation|org|company|team|workspace|member|client|subscriber|person|people|player|device|product|store|shop|project)$/i;
/** In order of trust. */
const timeNames =
  /^(created|inserted|occurred|happened|placed|ordered|paid|sent|started|recorded|logged)(_?(at|on))?$/i;

const keyOf = ({ schema, name }: Pick<TableSchema, "schema" | "name">): string => `${schema}.${name}`;
const columnOf = ({ columns }: TableSchema, name: string | undefined): TableColumn | undefined =>
  columns.find((column) => column.name === name);

/** Proposes entities and events: tables that others refer to, and tables that refer to them and tell a time. */
export function proposedApp(tables: readonly TableSchema[]): ProposedApp {
  const references = new Map(tables.map((table) => [keyOf(table), referencesOf(table, tables)]));
  const isReferredTo = new Set([...references.values()].flat().map(({ schema, table }) => `${schema}.${table}`));
  const names = new DefinitionNames([]);
  const entities = tables
    .filter((table) => {
      const isRoot = references.get(keyOf(table))?.length === 0 || entityName.test(singular(table.name));
      const key = columnOf(table, table.primaryKey[0]);
      return (
        isReferredTo.has(keyOf(table)) && isRoot && table.primaryKey.length === 1 && key !== undefined && isKey(key)
      );
    })
    .map((table) => {
      const name = names.take(singular(table.name));
      const isWhole = isWholeKey(columnOf(table, table.primaryKey[0])!);
      const referring = (references.get(keyOf(table)) ?? []).map(({ column }) => column);
      return { table, name, isWhole, info: infoOf(table, names.take(`${name}_info`), name, referring) };
    });
  const events: ProposedEvent[] = [];
  const left: string[] = [];
  for (const table of tables) {
    if (entities.some((entity) => entity.table === table)) continue;
    const found = eventOf(table, references.get(keyOf(table)) ?? [], entities);
    if (typeof found === "string") left.push(`${keyOf(table)}: ${found}`);
    else events.push({ ...found, name: names.take(singular(table.name)) });
  }
  const used = new Set(events.flatMap(({ columns }) => columns.map(({ entity }) => entity)));
  return { entities: entities.filter((entity) => used.has(entity)), events, left };
}

/** Foreign keys; and where a table has none, columns that are named for another table's key. */
function referencesOf(table: TableSchema, tables: readonly TableSchema[]): readonly TableReference[] {
  if (table.references.length > 0) return table.references.filter((reference) => !isOwn(table, reference));
  return table.columns.flatMap(({ name, type }) => {
    const named = /^(.+)_id$/i.exec(name)?.[1];
    const target = tables.find((other) => other !== table && singular(other.name) === named);
    const key = target === undefined ? undefined : columnOf(target, target.primaryKey[0]);
    if (target === undefined || key?.type !== type) return [];
    return [{ column: name, schema: target.schema, table: target.name, target: key.name }];
  });
}

/** A tree refers to itself, and is no event of itself. */
const isOwn = (table: TableSchema, reference: TableReference): boolean =>
  reference.schema === table.schema && reference.table === table.name;

type Unnamed = Omit<ProposedEvent, "name">;

/** The event of a table, or why it is none. */
function eventOf(
  table: TableSchema,
  references: readonly TableReference[],
  entities: readonly ProposedEntity[],
): Unnamed | string {
  if (table.primaryKey.length === 0) return "it has no primary key";
  const cursor = timeOf(table);
  if (cursor === undefined) return "it has no column that tells when";
  const entityOf = (column: TableColumn): ProposedEntity | undefined => {
    const reference = references.find((candidate) => candidate.column === column.name);
    const entity = entities.find(
      (one) => reference !== undefined && keyOf(one.table) === `${reference.schema}.${reference.table}`,
    );
    return entity?.table.primaryKey[0] === reference?.target ? entity : undefined;
  };
  const names = new DefinitionNames(["id", "at", "receivedAt", "deleted"]);
  const referred = new Set<ProposedEntity>();
  const columns: ProposedColumn[] = [];
  const left: string[] = [];
  const notes: string[] = [];
  // A key that is always there is the better one of two to one entity.
  const inOrder = table.columns.toSorted((a, b) => Number(a.isNullable) - Number(b.isNullable));
  const preferred = new Map(
    inOrder.toReversed().flatMap((column) => {
      const entity = entityOf(column);
      return entity === undefined ? [] : [[entity, column] as const];
    }),
  );
  for (const column of table.columns) {
    const entity = entityOf(column);
    if (entity !== undefined && preferred.get(entity) === column) {
      referred.add(entity);
      columns.push(referenceColumn(names.take(column.name.replace(/_?id$/i, "") || entity.name), column, entity));
      continue;
    }
    if (entity !== undefined)
      notes.push(`"${column.name}" refers to ${entity.name} too; a feature set counts by one of them`);
    if (column === cursor || (table.primaryKey.length === 1 && column.name === table.primaryKey[0])) continue;
    const chosen = isSecret(column) || changeName.test(column.name) ? undefined : chooseColumn(column);
    if (chosen === undefined) left.push(column.name);
    else
      columns.push({
        ...chosen,
        name: names.take(column.name),
        source: column.name,
        entity: undefined,
        isNullable: column.isNullable,
      });
  }
  if (referred.size === 0) return "it refers to no entity";
  return { table, cursor, columns, left, notes: [...notes, ...notesOf(table, cursor)] };
}

const referenceColumn = (name: string, column: TableColumn, entity: ProposedEntity): ProposedColumn => ({
  name,
  source: column.name,
  builder: "",
  isAmount: false,
  entity,
  isNullable: column.isNullable,
});

function timeOf({ columns }: TableSchema): TableColumn | undefined {
  const times = columns.filter(({ type, name }) => timeTypes.includes(type) && !changeName.test(name));
  return times.find(({ name }) => timeNames.test(name)) ?? times.find(({ isNullable }) => !isNullable) ?? times[0];
}

function notesOf({ columns, primaryKey }: TableSchema, cursor: TableColumn): readonly string[] {
  const changed = columns.find(({ name, type }) => changeName.test(name) && timeTypes.includes(type));
  return [
    ...(changed === undefined
      ? []
      : [
          `rows seem to change ("${changed.name}"): only their first state is taken. For each change, let the query make an id of both: ${primaryKey.join(" || ':' || ")} || '@' || ${changed.name}`,
        ]),
    ...(cursor.isNullable ? [`"${cursor.name}" may be null: such rows wait until it is not`] : []),
    ...(cursor.type === "date" ? [`"${cursor.name}" is a date: its events happen at midnight UTC`] : []),
    ...(cursor.type === "timestamp" ? [`"${cursor.name}" has no zone and is read as UTC`] : []),
  ];
}
