import type { SnapshotManifest } from "./workers.ts";

/** A column of a snapshot: numbers with NaN for null, or texts. */
export type SnapshotColumn =
  | { readonly name: string; readonly type: "DOUBLE"; readonly values: Float64Array }
  | { readonly name: string; readonly type: "VARCHAR"; readonly values: readonly (string | null)[] };

/** A manifest as it is stored: with the content of the Parquet file that it describes. */
export interface StoredManifest extends SnapshotManifest {
  readonly parquetSha256: string;
}

/** Immutable training sets: Parquet and a manifest, addressed by the manifest's SHA-256. */
export interface SnapshotStore {
  /** Stores a snapshot; the manifest last, so that what has one is whole. */
  write(columns: readonly SnapshotColumn[], manifest: SnapshotManifest): Promise<string>;
  list(): Promise<readonly { readonly snapshot: string; readonly manifest: StoredManifest }[]>;
}
