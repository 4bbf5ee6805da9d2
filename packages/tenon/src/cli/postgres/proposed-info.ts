import type { TableColumn, TableSchema } from "../../ports/database-schema.ts";
import { chooseColumn, isPersonal, isSecret, timeTypes } from "./column-choice.ts";
import { DefinitionNames } from "./definition-names.ts";

/** What a table's rows say of an entity: attributes that change now and then. */
export interface ProposedInfo {
  readonly name: string;
  /** The column that tells when a row changed, or when it was made. */
  readonly cursor: TableColumn;
  readonly columns: readonly { readonly name: string; readonly source: string; readonly builder: string }[];
  /** Columns of the database that were left out. */
  readonly left: readonly string[];
  /** What the reader is to look at. */
  readonly notes: readonly string[];
}

export const changeName = /^(updated|modified|changed)(_?(at|on))?$|^last_/i;
const changeTime = /^(updated|modified|changed)(_?(at|on))?$/i;

/** The attributes of an entity, where its table has some and tells a time. */
export function infoOf(
  { columns, primaryKey }: TableSchema,
  name: string,
  entity: string,
  referring: readonly string[],
): ProposedInfo | undefined {
  const times = columns.filter(({ type }) => timeTypes.includes(type));
  const changed = times.find((column) => changeTime.test(column.name));
  const cursor = changed ?? times.find(({ isNullable }) => !isNullable) ?? times[0];
  if (cursor === undefined) return undefined;
  const names = new DefinitionNames(["id", "at", "receivedAt", "validFrom", "deleted", entity]);
  const chosen: { name: string; source: string; builder: string }[] = [];
  const left: string[] = [];
  for (const column of columns) {
    if (column === cursor || primaryKey.includes(column.name)) continue;
    const isRead = !isSecret(column) && !isPersonal(column) && !referring.includes(column.name);
    const builder = isRead ? chooseColumn(column)?.builder : undefined;
    if (builder === undefined) left.push(column.name);
    else chosen.push({ name: names.take(column.name), source: column.name, builder });
  }
  if (chosen.length === 0) return undefined;
  const notes = [
    ...(changed === undefined
      ? [
          `"${cursor.name}" does not tell when a row changes: only new rows are noticed. A column such as updated_at does`,
        ]
      : []),
    ...(cursor.isNullable ? [`"${cursor.name}" may be null: such rows wait until it is not`] : []),
  ];
  return { name, cursor, columns: chosen, left, notes };
}
