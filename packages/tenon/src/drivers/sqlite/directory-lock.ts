import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf, TenonError } from "../../base/error.ts";

/** A lock that the kernel lets go of with the process, however it ends: no stale file is ever left behind. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Takes a data directory for this process.
 * @throws data.locked, data.readonly
 */
export function lockDirectory(dir: string): DirectoryLock {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(join(dir, "lock"));
    database.exec("pragma locking_mode = exclusive");
    database.exec("pragma busy_timeout = 0");
    database.exec("begin exclusive; create table if not exists owner (pid integer); delete from owner");
    database.exec(`insert into owner values (${process.pid}); commit`);
    return { release: () => database.close() };
  } catch (thrown) {
    const errcode = thrown instanceof Error && "errcode" in thrown ? Number(thrown.errcode) & 0xff : 0;
    if (errcode === 5 || errcode === 6) throw new TenonError("data.locked", `another process owns ${dir}`);
    throw new TenonError("data.readonly", `${dir} cannot be written: ${messageOf(thrown)}`, { cause: thrown });
  }
}
