import type { LogEntry } from "../../ports/event-log.ts";
import type { Tenon } from "../tenon.ts";

/** The newest entries with these ids of a topic: in the log, or, slower by the length of the archive, in that. */
export async function findEntries(
  tenon: Tenon,
  tenant: number,
  topic: number,
  ids: readonly string[],
): Promise<readonly LogEntry[]> {
  const found: LogEntry[] = [];
  const missing: string[] = [];
  for (const id of ids) {
    const entry = await tenon.log.find(tenant, topic, id);
    if (entry === undefined) missing.push(id);
    else found.push(entry);
  }
  if (missing.length === 0) return found;
  const archived = await tenon.archived.findAll(tenant, [topic], missing);
  return [...found, ...archived.values()];
}
