/** Immutable files by the SHA-256 of their content. */
export interface ArtifactStore {
  /** Stores bytes, durable when it answers; their digest. */
  put(bytes: Uint8Array): Promise<string>;
  /** @throws data.corrupt where the content does not have the digest */
  get(digest: string): Promise<Uint8Array>;
}
