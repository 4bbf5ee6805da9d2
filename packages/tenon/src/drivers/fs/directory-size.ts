import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** The bytes of all files below a directory; what vanishes meanwhile is not counted. */
export async function directorySizeBytes(dir: string): Promise<number> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(dir, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
