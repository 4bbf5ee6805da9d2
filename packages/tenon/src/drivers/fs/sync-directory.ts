import { open } from "node:fs/promises";

/** Makes a folder's entries durable: a rename is on disk when its folder is. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
