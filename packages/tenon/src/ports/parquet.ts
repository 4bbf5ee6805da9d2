/** Numbers travel as doubles: whole ones are exact to 2^53, and times are epoch milliseconds. */
type NumberType = "DOUBLE" | "BIGINT" | "INTEGER" | "BOOLEAN" | "TIMESTAMPTZ";

/** How a column lies in Parquet. */
export interface ParquetField {
  readonly name: string;
  readonly type: NumberType | "VARCHAR" | "BLOB";
}

/** Values of a column: numbers with NaN for null, texts, or bytes. */
export type ParquetColumn =
  | { readonly name: string; readonly type: NumberType; readonly values: Float64Array }
  | { readonly name: string; readonly type: "VARCHAR"; readonly values: readonly (string | null)[] }
  | { readonly name: string; readonly type: "BLOB"; readonly values: readonly (Uint8Array | null)[] };

/** A file that is on disk, by its content. */
export interface ParquetFile {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file that is being written: rows keep their order, and equal columns give an equal file. */
export interface ParquetDraft {
  /** Adds rows: every field, in the order of the fields. */
  append(columns: readonly ParquetColumn[]): Promise<void>;
  /** Writes the file; it is on disk when this answers. */
  finish(file: string): Promise<ParquetFile>;
  /** Lets go of what was appended; after `finish` it does nothing. */
  abandon(): Promise<void>;
}

/** Rows of files that are each sorted by one column, merged by it. */
export interface ParquetRead {
  /** A file with a checksum is refused where its content is another. */
  readonly files: readonly { readonly file: string; readonly sha256?: string }[];
  readonly fields: readonly ParquetField[];
  /** One of the fields: a number that no two rows share. */
  readonly sortedBy: string;
  /** Rows above this value alone. */
  readonly above: number;
  /** Rows with one of these texts in this column alone. */
  readonly only?: { readonly column: string; readonly texts: readonly string[] };
}

export interface ParquetBatch {
  readonly rows: number;
  /** By row: the place of its file in `files`. */
  readonly source: Uint32Array;
  readonly columns: readonly ParquetColumn[];
}

/** What a column of whole numbers holds. */
export interface ParquetSummary {
  readonly rows: number;
  readonly min: number;
  readonly max: number;
  /** Exact, in decimal digits. */
  readonly sum: string;
}

/** Reads and writes Parquet away from the threads that serve. */
export interface ParquetEngine {
  draft(fields: readonly ParquetField[]): Promise<ParquetDraft>;
  /** @throws data.corrupt naming the file */
  read(read: ParquetRead): AsyncGenerator<ParquetBatch, void>;
  /** @throws data.corrupt naming the file */
  summary(file: string, column: string): Promise<ParquetSummary>;
  checksum(file: string): Promise<{ readonly bytes: number; readonly sha256: string }>;
}

/** The same reading for a thread that may block. */
export interface ParquetReader {
  /** @throws data.corrupt naming the file */
  read(read: ParquetRead): Generator<ParquetBatch, void>;
  /** Lets go of what stands ready for reads; the next one starts it anew. */
  close(): void;
}
