import type { ColumnPlan } from "../plan/plan.ts";
import type { PostgresQueryPlan } from "../plan/source-plan.ts";

/** A row of a query: where it stands in the order of its cursor, and the event that it is. */
export interface QueryRow {
  /** As the database writes it: nothing of it is rounded. */
  readonly cursor: string;
  readonly id: string;
  /** Behind the cursor that was asked for; the others were re-read. */
  readonly isNew: boolean;
  readonly tenant: string | undefined;
  /** The event's columns with `id` and `at`. */
  readonly row: Readonly<Record<string, unknown>>;
}

export interface QueryPageRequest {
  /** The newest cursor that was taken: the query is read from its overlap before it. Absent: from the beginning. */
  readonly since: string | undefined;
  /** The last row of the page before. */
  readonly after: { readonly cursor: string; readonly id: string } | undefined;
  readonly rowsMax: number;
}

/** A query that is read in pages, in the order of its cursor and then of its ids. */
export interface QuerySource {
  /** @throws source.unreachable, source.query */
  page(request: QueryPageRequest): Promise<readonly QueryRow[]>;
  close(): Promise<void>;
}

/** Opens the query of a plan; the connection is made with the first page. */
export type OpenQuery = (o: {
  readonly url: string;
  readonly query: PostgresQueryPlan;
  readonly columns: readonly ColumnPlan[];
}) => QuerySource;

/** What sources need of the machine. */
export interface SourceAccess {
  readonly openQuery: OpenQuery;
  /** @throws source.driver where the library of a kind of source is not installed */
  readonly checkDriver: () => Promise<void>;
  /** A secret's value; undefined where there is none. */
  readonly secret: (name: string) => string | undefined;
}
