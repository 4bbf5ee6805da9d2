import { TenonError } from "../base/error.ts";
import { type DirectoryLock, lockDirectory } from "../drivers/sqlite/directory-lock.ts";

/**
 * Keeps a folder for this process for as long as it lives.
 * @throws data.locked, telling what goes on in another one, and data.readonly
 */
export function exclusiveFolder(dir: string, what: string): DirectoryLock {
  try {
    return lockDirectory(dir);
  } catch (thrown) {
    if (!(thrown instanceof TenonError) || thrown.code !== "data.locked") throw thrown;
    throw new TenonError("data.locked", `${what} goes on in another process`, { cause: thrown });
  }
}
