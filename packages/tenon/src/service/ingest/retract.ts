import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { suggestion } from "../../base/nearest.ts";
import { isSent } from "../../plan/plan.ts";
import { appended, type LogEntry, type LogItem } from "../../ports/event-log.ts";
import { encodeRetraction, retractionTopic } from "../materialize/event-decoder.ts";
import type { Tenon } from "../tenon.ts";
import { findEntries } from "./find-entries.ts";

/** What became of the events that were to be taken back. */
export interface Retracted {
  readonly retracted: number;
  /** Taken back before. */
  readonly duplicate: number;
  /** Ids that no event of this name has. */
  readonly unknown: readonly string[];
  readonly lastSeq: number;
}

/**
 * Takes events back by their ids, durably: every window and training set from then on is without them. Their ids stay
 * taken within the dedup horizon.
 * @throws event.unknown, body.too-large, log.full
 */
export async function retractEvents(
  tenon: Tenon,
  tenant: number,
  event: string,
  ids: readonly string[],
): Promise<Retracted> {
  const { plan } = tenon.build.app;
  const names = plan.events.filter(isSent).map(({ name }) => name);
  if (!names.includes(event)) {
    const hint = suggestion(event, names);
    throw new TenonError("event.unknown", `the app has no event "${event.slice(0, 100)}".${hint}`);
  }
  if (ids.length > limit.retractIdsMax) {
    const message = `${ids.length} ids in one call; it takes ${limit.retractIdsMax}`;
    throw new TenonError("body.too-large", message);
  }
  const { topics } = tenon.catalogue;
  const topic = topics[retractionTopic(event)];
  const unique = [...new Set(ids)];
  const entries = await findEntries(tenon, tenant, topics[event], unique);
  // Beyond the dedup horizon the log would not know that it has them: a second one would do no harm, and help no one.
  const before =
    entries.length === 0
      ? []
      : await findEntries(
          tenon,
          tenant,
          topic,
          entries.map(({ id }) => id),
        );
  const known = new Set(before.map(({ id }) => id));
  const items = entries.filter(({ id }) => !known.has(id)).map((entry) => itemOf(entry, topic, tenon.clock.nowMs()));
  const result = items.length === 0 ? undefined : await tenon.log.append(items);
  const retracted = (result?.outcomes ?? []).filter((outcome) => outcome === appended.accepted).length;
  const found = new Set(entries.map(({ id }) => id));
  return {
    retracted,
    duplicate: entries.length - retracted,
    unknown: unique.filter((id) => !found.has(id)),
    lastSeq: result?.lastSeq ?? tenon.log.lastSeq,
  };
}

const itemOf = (entry: LogEntry, topic: number, nowMs: number): LogItem => ({
  tenant: entry.tenant,
  topic,
  id: entry.id,
  // Where the row lies in its lanes.
  atMs: entry.atMs,
  receivedAtMs: Math.max(nowMs, entry.receivedAtMs),
  imported: false,
  payload: encodeRetraction(entry),
});
