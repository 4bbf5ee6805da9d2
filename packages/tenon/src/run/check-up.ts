import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pipeline } from "node:stream/promises";
import { messageOf } from "../base/error.ts";
import { ArchiveDirectory } from "../drivers/fs/archive-directory.ts";
import { listSegments } from "../drivers/sqlite/segment.ts";
import { checkedBuild } from "./checked-build.ts";
import type { Places } from "./places.ts";
import { logPlacesOf } from "./whole-log.ts";

/** One thing that the doctor looked at. */
export interface Finding {
  readonly check: string;
  readonly outcome: "ok" | "warning" | "failed" | "skipped";
  readonly found: string;
}

/** Below this the disk is called low. */
const freeBytesMin = 1024 ** 3;
const freeShareMin = 0.05;
const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

/** Whether the configuration compiles and its functions are pure. */
export async function checkConfig({ configFile }: Places): Promise<Finding> {
  const draft = await mkdtemp(join(tmpdir(), "tenon-doctor-"));
  try {
    const { build, warnings } = await checkedBuild({ configFile, outDir: draft });
    const told = warnings.map(({ path, message }) => `; ${path}: ${message}`).join("");
    return {
      check: "configuration",
      outcome: warnings.length > 0 ? "warning" : "ok",
      found: `build ${build.id}${told}`,
    };
  } catch (thrown) {
    return { check: "configuration", outcome: "failed", found: messageOf(thrown) };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

export function checkFormat({ dataDir }: Places): Finding {
  try {
    const { format }: { format: number } = JSON.parse(readFileSync(join(dataDir, "format.json"), "utf8"));
    return { check: "format", outcome: "ok", found: `format ${format}` };
  } catch (thrown) {
    return { check: "format", outcome: "failed", found: `format.json: ${messageOf(thrown)}` };
  }
}

/** Reads every segment's pages and checks that positions rise from one to the next. */
export function checkSegments({ dataDir }: Places, onSegment: (share: number, file: string) => void): Finding {
  const check = "log";
  const segments = existsSync(join(dataDir, "log")) ? listSegments(join(dataDir, "log")) : [];
  const damaged: string[] = [];
  let entries = 0;
  let lastSeq = 0;
  for (const [i, { file, firstSeq }] of segments.entries()) {
    onSegment(i / segments.length, file);
    const found = readSegment(file);
    if (typeof found === "string") damaged.push(`${file}: ${found}`);
    else if (found.entries > 0) {
      if (firstSeq <= lastSeq || found.first < firstSeq)
        damaged.push(`${file}: it begins at position ${found.first}, and the segment before it ends at ${lastSeq}`);
      entries += found.entries;
      lastSeq = found.last;
    }
  }
  if (damaged.length > 0) return { check, outcome: "failed", found: damaged.join("; ") };
  return { check, outcome: "ok", found: `${segments.length} segments, ${entries} entries, all readable` };
}

function readSegment(
  file: string,
): { readonly entries: number; readonly first: number; readonly last: number } | string {
  try {
    using database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    const result = integrityOf(database);
    if (result !== "ok") return result;
    const row = database
      .prepare("select count(*) as entries, coalesce(min(seq), 0) as first, coalesce(max(seq), 0) as last from entry")
      .get();
    return { entries: Number(row?.entries), first: Number(row?.first), last: Number(row?.last) };
  } catch (thrown) {
    return messageOf(thrown);
  }
}

const integrityOf = (database: DatabaseSync): string =>
  String(Object.values(database.prepare("pragma quick_check(1)").get() ?? {})[0]);

/** Reads every archived file and compares it with its day's manifest. */
export async function checkArchive(
  { dataDir }: Places,
  onFile: (share: number, file: string) => void,
): Promise<Finding> {
  const check = "archive";
  try {
    const archive = new ArchiveDirectory(logPlacesOf(dataDir).archiveDir);
    const days = archive.list();
    const files = days.flatMap(({ day, topics }) =>
      topics.map(({ file, sha256 }) => ({ path: archive.path(day, file), sha256 })),
    );
    const damaged: string[] = [];
    for (const [i, { path, sha256 }] of files.entries()) {
      onFile(i / files.length, path);
      if ((await hashOf(path)) !== sha256)
        damaged.push(`${path} is missing or has other content than its manifest says`);
    }
    if (damaged.length > 0) return { check, outcome: "failed", found: damaged.join("; ") };
    return { check, outcome: "ok", found: `${days.length} days in ${files.length} files, all as their manifests say` };
  } catch (thrown) {
    return { check, outcome: "failed", found: messageOf(thrown) };
  }
}

async function hashOf(file: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(file), hash);
    return hash.digest("hex");
  } catch {
    return undefined;
  }
}

export function checkMetadata({ dataDir }: Places): Finding {
  const check = "metadata";
  try {
    using database = new DatabaseSync(join(dataDir, "metadata.db"), { readOnly: true, timeout: 5_000 });
    const result = integrityOf(database);
    return { check, outcome: result === "ok" ? "ok" : "failed", found: result === "ok" ? "readable" : result };
  } catch (thrown) {
    return { check, outcome: "failed", found: messageOf(thrown) };
  }
}

/** New events are refused when the disk is full, so a low one is told before. */
export async function checkDisk({ dataDir }: Places): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(dataDir);
  const freeBytes = bavail * bsize;
  const isLow = freeBytes < freeBytesMin || bavail / blocks < freeShareMin;
  return {
    check: "disk",
    outcome: isLow ? "warning" : "ok",
    found: `${gib(freeBytes)} free of ${gib(blocks * bsize)}${isLow ? ": that is low, and a full disk refuses events" : ""}`,
  };
}
