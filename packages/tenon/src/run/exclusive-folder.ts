import { type DirectoryLock, lockDirectory } from "../drivers/sqlite/directory-lock.ts";

/**
 * Keeps a folder for this process for as long as it lives.
 * @throws data.locked, data.readonly
 */
export const exclusiveFolder = (dir: string): DirectoryLock => lockDirectory(dir);
