import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { suggestion } from "../../base/nearest.ts";
import { isSent } from "../../plan/plan.ts";
import { appended, type LogEntry, type LogItem } from "../../ports/event-log.ts";
import type { Tenon } from "../tenon.ts";
import { deadTopic, decodeDeadLetter, settledTopic } from "./dead-letter.ts";
import { findEntries } from "./find-entries.ts";

/** What became of dead letters. */
export interface Settled {
  readonly replayed: number;
  readonly dropped: number;
  /** Replayed ones whose id the event had already. */
  readonly duplicate: number;
  /** Ids that no open dead letter has. */
  readonly unknown: readonly string[];
  /** More are open than one call takes. */
  readonly more: boolean;
  readonly lastSeq: number;
}

export type Settlement = "replay" | "drop";
const settlements = { replay: Uint8Array.of(1), drop: Uint8Array.of(2) } as const;

/** The open dead letters of one event of one tenant. */
export class DeadLetters {
  readonly #tenon: Tenon;
  readonly #tenant: number;
  readonly #event: number;
  readonly #dead: number;
  readonly #settled: number;

  /** @throws event.unknown with the nearest name */
  constructor(tenon: Tenon, tenant: number, event: string) {
    const { build, catalogue } = tenon;
    const names = build.app.plan.events.filter(isSent).map(({ name }) => name);
    if (!names.includes(event)) {
      const hint = suggestion(event, names);
      throw new TenonError("event.unknown", `the app has no event "${event.slice(0, 100)}".${hint}`);
    }
    this.#tenon = tenon;
    this.#tenant = tenant;
    this.#event = catalogue.topics[event];
    this.#dead = catalogue.topics[deadTopic(event)];
    this.#settled = catalogue.topics[settledTopic(event)];
  }

  /** Open ones, newest first; up to `count`, of at most `limit.deadLettersReadMax` looked at. */
  async open(count: number): Promise<LogEntry[]> {
    const open: LogEntry[] = [];
    let before: number | undefined;
    for (let looked = 0; looked < limit.deadLettersReadMax && open.length < count; ) {
      const page = await this.#tenon.log.newest(this.#tenant, this.#dead, pageMax, before);
      for (const entry of page) {
        if (open.length < count && (await this.#isOpen(entry.id))) open.push(entry);
        before = entry.seq;
      }
      looked += page.length;
      if (page.length < pageMax) break;
    }
    return open;
  }

  /**
   * Takes open ones into the event as of now, or drops them for good. Without ids: the newest `limit.retractIdsMax`.
   * @throws body.too-large, log.full
   */
  async settle(how: Settlement, ids: readonly string[] | undefined): Promise<Settled> {
    if (ids !== undefined && ids.length > limit.retractIdsMax)
      throw new TenonError("body.too-large", `${ids.length} ids in one call; it takes ${limit.retractIdsMax}`);
    const chosen = ids === undefined ? await this.open(limit.retractIdsMax + 1) : await this.#named(ids);
    const entries = chosen.slice(0, limit.retractIdsMax);
    const { accepted, duplicate } = how === "replay" ? await this.#replay(entries) : { accepted: 0, duplicate: 0 };
    // Last: killed before this, they are replayed again, and their ids are duplicates then.
    const marks = entries.map((entry) => this.#item(entry, this.#settled, settlements[how]));
    const { lastSeq } = marks.length === 0 ? this.#tenon.log : await this.#tenon.log.append(marks);
    const found = new Set(entries.map(({ id }) => id));
    return {
      replayed: accepted,
      dropped: how === "drop" ? entries.length : 0,
      duplicate,
      unknown: (ids ?? []).filter((id) => !found.has(id)),
      more: chosen.length > entries.length,
      lastSeq,
    };
  }

  async #named(ids: readonly string[]): Promise<readonly LogEntry[]> {
    const entries = await findEntries(this.#tenon, this.#tenant, this.#dead, [...new Set(ids)]);
    const open = await Promise.all(entries.map(({ id }) => this.#isOpen(id)));
    return entries.filter((_, i) => open[i]);
  }

  async #isOpen(id: string): Promise<boolean> {
    return (await this.#tenon.log.find(this.#tenant, this.#settled, id)) === undefined;
  }

  /** The dedup horizon does not reach back as far as a late event may: its id is looked for in all that there is. */
  async #replay(entries: readonly LogEntry[]): Promise<{ readonly accepted: number; readonly duplicate: number }> {
    if (entries.length === 0) return { accepted: 0, duplicate: 0 };
    const ids = entries.map(({ id }) => id);
    const known = new Set((await findEntries(this.#tenon, this.#tenant, this.#event, ids)).map(({ id }) => id));
    const items = entries
      .filter(({ id }) => !known.has(id))
      .map((entry) => this.#item(entry, this.#event, decodeDeadLetter(entry.payload).payload));
    const result = items.length === 0 ? undefined : await this.#tenon.log.append(items);
    const accepted = (result?.outcomes ?? []).filter((outcome) => outcome === appended.accepted).length;
    return { accepted, duplicate: entries.length - accepted };
  }

  #item({ id, atMs }: LogEntry, topic: number, payload: Uint8Array): LogItem {
    const receivedAtMs = this.#tenon.clock.nowMs();
    return { tenant: this.#tenant, topic, id, atMs, receivedAtMs, imported: true, payload };
  }
}

const pageMax = 200;
