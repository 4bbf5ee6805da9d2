/** A column of a file of rows, and what its values are. `other` is what no column of an event takes: lists, structs, bytes. */
export interface TableColumn {
  readonly name: string;
  readonly kind: "text" | "number" | "flag" | "time" | "other";
  /** As the file calls it. */
  readonly type: string;
}

export interface TableFile {
  readonly rows: number;
  readonly columns: readonly TableColumn[];
}

export interface TableRead {
  readonly file: string;
  readonly columns: readonly TableColumn[];
  /** Rows at the file's beginning that are passed over. */
  readonly skip: number;
}

/** Values by column, exactly as text: a whole number with all its digits, a time as epoch milliseconds. */
export type TextColumns = readonly (readonly (string | null)[])[];

/** Reads Parquet files that others wrote, a part at a time. */
export interface TableFiles {
  /** @throws file.unreadable */
  describe(file: string): Promise<TableFile>;
  /** Rows in the order of the file. @throws file.unreadable */
  rows(read: TableRead): AsyncGenerator<TextColumns, void>;
  close(): Promise<void>;
}
