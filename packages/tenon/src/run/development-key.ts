import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Running } from "../run.ts";

/** The development tenant's key: made once, kept in the data directory and readable by its owner alone. */
export async function developmentKey(running: Running, tenant: string): Promise<string> {
  const file = join(running.dataDir, "development.key");
  if (existsSync(file)) {
    const kept = readFileSync(file, "utf8").trim();
    try {
      running.tenon.keys.authenticate(kept);
      return kept;
    } catch {
      // It was revoked: a new one takes its place.
    }
  }
  const { key } = await running.tenon.keys.create({
    tenant,
    scopes: ["ingest", "predict", "admin"],
    note: "development",
  });
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return key;
}
