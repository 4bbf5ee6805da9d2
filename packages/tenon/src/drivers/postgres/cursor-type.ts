import { TenonError } from "../../base/error.ts";
import type { PostgresQueryPlan } from "../../plan/source-plan.ts";
import type { PostgresConnection } from "./connection.ts";

/** How a cursor is compared and how far behind it rows are read again, as SQL. */
export interface CursorType {
  readonly type: string;
  /** Such as ` - interval '60000 ms'`. */
  readonly overlap: string;
}

/** Types by their ids in PostgreSQL's catalogue. */
const timeTypes: ReadonlySet<number> = new Set([1082, 1114, 1184]);
const numberTypes: ReadonlySet<number> = new Set([20, 21, 23, 700, 701, 1700]);
const defaultOverlapMs = 60_000;
const defaultOverlapCount = 1_000;

/** @throws source.query where the overlap that was written is none of this type */
export async function cursorType(
  typeId: number,
  { cursor, overlapMs, overlapCount }: PostgresQueryPlan,
  connection: PostgresConnection,
): Promise<CursorType> {
  const { rows } = await connection.read("select format_type($1::oid, null)", [typeId]);
  const type = rows[0]?.[0] ?? "text";
  const refuse = (needs: string): TenonError =>
    new TenonError("source.query", `the cursor "${cursor}" is of the type ${type}: its overlap is ${needs}`);
  if (timeTypes.has(typeId)) {
    if (overlapCount !== undefined) throw refuse('a duration, such as "1m"');
    return { type, overlap: ` - interval '${overlapMs ?? defaultOverlapMs} milliseconds'` };
  }
  if (overlapMs !== undefined) throw refuse(numberTypes.has(typeId) ? "a count, such as 1000" : "none");
  if (numberTypes.has(typeId)) return { type, overlap: ` - '${overlapCount ?? defaultOverlapCount}'::${type}` };
  if (overlapCount !== undefined) throw refuse("none");
  return { type, overlap: "" };
}
