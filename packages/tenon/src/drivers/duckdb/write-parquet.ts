import type { SnapshotColumn } from "../../ports/snapshot-store.ts";
export async function writeParquet(_file: string, _columns: readonly SnapshotColumn[]): Promise<void> {
  const { writeFile } = await import("node:fs/promises");
  await writeFile(_file, "");
}
