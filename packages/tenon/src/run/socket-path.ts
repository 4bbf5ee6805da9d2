import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../base/hash.ts";

/** Unix socket paths end at 104 bytes on some systems. */
const pathBytesMax = 100;

/** Where the process that owns a data directory listens for its command line. */
export function socketPath(dataDir: string): string {
  const path = join(dataDir, "tenon.sock");
  if (Buffer.byteLength(path) <= pathBytesMax) return path;
  const dir = join(tmpdir(), `tenon-${process.getuid?.() ?? 0}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return join(dir, `${sha256(dataDir).slice(0, 16)}.sock`);
}
