import type { Duration } from "../base/duration.ts";
import type { Columns } from "./column.ts";

/** What a feature set is besides, where its values are put and not computed. */
export interface TableSpec {
  /** The columns as they were written, the key among them. */
  readonly columns: Columns;
  readonly ttl: Duration | undefined;
  readonly written: readonly string[];
}
