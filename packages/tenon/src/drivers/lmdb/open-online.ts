import { mkdirSync } from "node:fs";
import { open, type RootDatabase } from "lmdb";
import { TenonError } from "../../base/error.ts";
import { formatKey, laneFloorsKey } from "./online-keys.ts";

const format = 1;

export type OnlineDatabase = RootDatabase<Buffer, Buffer>;

/** Opens the online store's environment; every thread opens its own handle. */
export function openOnline(dir: string): OnlineDatabase {
  mkdirSync(dir, { recursive: true });
  const database = open<Buffer, Buffer>({
    path: dir,
    keyEncoding: "binary",
    encoding: "binary",
    noSubdir: false,
    maxReaders: 64,
  });
  const found = database.get(formatKey);
  if (found !== undefined && found.readUInt32LE(0) > format) {
    throw new TenonError(
      "data.newer",
      `the online store has format ${found.readUInt32LE(0)}; this version reads up to ${format}`,
    );
  }
  if (found === undefined) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(format, 0);
    database.putSync(formatKey, bytes);
  }
  return database;
}

/** Before which times lanes have let keys go, by lane. */
export function readFloors(database: OnlineDatabase): Record<string, number> {
  const bytes = database.get(laneFloorsKey);
  return bytes === undefined ? {} : JSON.parse(bytes.toString());
}
