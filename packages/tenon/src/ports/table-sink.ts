/** A column of a database's table, with its type as the database calls it. */
export interface SinkColumn {
  readonly name: string;
  readonly type: string;
}

/** A table whose rows are replaced as a whole. */
export interface TableSink {
  /**
   * Sees that the database answers and that what has the table's name is one.
   * @throws source.unreachable, source.driver, score.sink
   */
  check(): Promise<void>;
  /**
   * Replaces the rows: parts are JSON arrays of objects. Readers see all of the old ones or all of the new ones.
   * @throws source.unreachable, score.sink
   */
  replace(columns: readonly SinkColumn[], parts: AsyncIterable<string>): Promise<void>;
}
