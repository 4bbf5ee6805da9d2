import type { ErrorCode } from "../../base/error.ts";
import type { ParquetField, ParquetFile, ParquetRead, ParquetSummary } from "../../ports/parquet.ts";
import type { TableFile, TableRead } from "../../ports/table-file.ts";

/** A column between processes: numbers, or texts and bytes as one run of bytes with the end of each. */
export type PackedColumn =
  | { readonly kind: "numbers"; readonly numbers: Float64Array }
  | {
      readonly kind: "bytes";
      readonly bytes: Uint8Array;
      readonly ends: Uint32Array;
      readonly nulls: Uint8Array | undefined;
    };

export interface PackedBatch {
  readonly rows: number;
  readonly source: Uint32Array;
  readonly columns: readonly PackedColumn[];
}

/** What the process can be asked. A session is a file being written, or files being read. */
export interface Requests {
  readonly draft: { readonly session: number; readonly fields: readonly ParquetField[] };
  readonly append: { readonly session: number; readonly rows: number; readonly columns: readonly PackedColumn[] };
  readonly finish: { readonly session: number; readonly file: string };
  readonly open: { readonly session: number; readonly read: ParquetRead };
  readonly table: { readonly session: number; readonly read: TableRead };
  readonly run: { readonly sql: string };
  readonly query: { readonly session: number; readonly sql: string; readonly fields: readonly ParquetField[] };
  readonly next: { readonly session: number };
  readonly end: { readonly session: number };
  readonly summary: { readonly file: string; readonly column: string };
  readonly checksum: { readonly file: string };
  readonly describe: { readonly file: string };
}

export interface Answers {
  readonly draft: undefined;
  readonly append: undefined;
  readonly finish: ParquetFile;
  readonly open: undefined;
  readonly table: undefined;
  readonly run: undefined;
  readonly query: undefined;
  /** Undefined at the end. */
  readonly next: PackedBatch | undefined;
  readonly end: undefined;
  readonly summary: ParquetSummary;
  readonly checksum: { readonly bytes: number; readonly sha256: string };
  readonly describe: TableFile;
}

export type RequestKind = keyof Requests;

/** A request as it travels; answers may come in another order. */
export type RequestMessage = {
  readonly [K in RequestKind]: { readonly id: number; readonly kind: K; readonly body: Requests[K] };
}[RequestKind];

export type AnswerMessage =
  | { readonly id: number; readonly value: Answers[RequestKind] }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** What the process is started with, as its one argument. */
export interface DuckDbProcessOptions {
  readonly tempDir: string;
  readonly memoryMbMax: number;
  /** It computes on what it is given, and reaches no file and no network. */
  readonly isSealed: boolean;
}
