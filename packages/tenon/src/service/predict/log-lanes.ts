import { Lane, type LaneView } from "../../engine/window/lane.ts";
import { MemoryPages } from "../../engine/window/memory-pages.ts";
import { TileMaker } from "../../engine/window/tile.ts";
import type { Plan } from "../../plan/plan.ts";
import type { EventLogReader } from "../../ports/event-log.ts";
import type { OnlineReader } from "../../ports/online-store.ts";
import { type Catalogue, EventDecoder, eventTopics } from "../materialize/event-decoder.ts";
import { LaneRows, laneLayout } from "../materialize/lane-rows.ts";

/** A key of a feature set that is to be read from the log. */
export interface WantedKey {
  readonly set: string;
  readonly key: string;
}

const readLimit = 10_000;

/**
 * Lanes made anew from the log, for reads that reach back behind what the online store keeps: slower by the length of
 * the log, and the same numbers, since rows, lanes and windows are those of the online path.
 */
export class LogLanes implements OnlineReader {
  readonly #lanes = new Map<string, Lane>();
  readonly #codes = new Map<string, Map<string, number>>();
  readonly #texts = new Map<string, string[]>();
  readonly #seqMax: number;

  constructor(
    log: EventLogReader,
    plan: Plan,
    catalogue: Catalogue,
    o: { readonly tenant: number; readonly wanted: readonly WantedKey[]; readonly seqMax: number },
  ) {
    this.#seqMax = o.seqMax;
    const routes = this.#routes(plan, catalogue, o.wanted);
    for (let seq = 0; seq < o.seqMax; ) {
      const entries = log.after(seq, readLimit);
      if (entries.length === 0) break;
      for (const entry of entries) {
        seq = entry.seq;
        const route = seq <= o.seqMax && entry.tenant === o.tenant ? routes.get(entry.topic) : undefined;
        if (route === undefined) continue;
        const told = route.decoder.entry(entry.payload);
        for (const { rows, keys, maker } of route.lanes) {
          const key = rows.keyOf(told.values);
          if (key === undefined || !keys.has(key)) continue;
          rows.make(entry, told, (text) => this.#codeOf(rows.lane.id, text));
          this.#lane(rows, key, maker).insert(rows.row, 0);
        }
      }
    }
  }

  #routes(plan: Plan, catalogue: Catalogue, wanted: readonly WantedKey[]) {
    const keysByLane = new Map<number, Set<string>>();
    const want = (lane: number, key: string): void =>
      void keysByLane.set(lane, (keysByLane.get(lane) ?? new Set()).add(key));
    for (const { set: name, key } of wanted) {
      const set = plan.featureSets.find((candidate) => candidate.name === name);
      for (const { lane } of set?.columns ?? []) want(lane, key);
      if (set?.batch !== undefined) want(set.batch.runsLane, set.batch.runsKey);
    }
    return new Map(
      plan.events.flatMap((event) => {
        const lanes = [...keysByLane].flatMap(([index, keys]) => {
          const lane = plan.lanes[index];
          if (lane.event !== event.name) return [];
          return [{ rows: new LaneRows(lane, event), keys, maker: new TileMaker(laneLayout(lane)) }];
        });
        const route = { decoder: new EventDecoder(event, catalogue), lanes };
        return eventTopics(event, catalogue).map((topic) => [topic, route] as const);
      }),
    );
  }

  begin(): number {
    return this.#seqMax;
  }

  lane(_tenant: number, laneId: string, key: string): LaneView | undefined {
    return this.#lanes.get(`${laneId}/${key}`);
  }

  floor(): number {
    return Number.NEGATIVE_INFINITY;
  }

  text(_tenant: number, laneId: string, code: number): string | null {
    return this.#texts.get(laneId)?.[code] ?? null;
  }

  close(): void {
    this.#lanes.clear();
  }

  #lane(rows: LaneRows, key: string, maker: TileMaker): Lane {
    const name = `${rows.lane.id}/${key}`;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new Lane(laneLayout(rows.lane), new MemoryPages(), maker);
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  #codeOf(laneId: string, text: string): number {
    const codes = this.#codes.get(laneId) ?? new Map<string, number>();
    const texts = this.#texts.get(laneId) ?? [];
    this.#codes.set(laneId, codes);
    this.#texts.set(laneId, texts);
    let code = codes.get(text);
    if (code === undefined) {
      code = texts.push(text) - 1;
      codes.set(text, code);
    }
    return code;
  }
}
