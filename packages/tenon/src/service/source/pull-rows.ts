import { limit } from "../../base/limit.ts";
import type { QueryRow } from "../../ports/query-source.ts";
import { findEntries } from "../ingest/find-entries.ts";
import type { ImportMode } from "../ingest/import-mode.ts";
import { patiently } from "../ingest/patiently.ts";
import type { PullParts } from "./pull.ts";

/**
 * How rows are taken: history as if it had been sent when it happened; after a long stop as received now, and not late;
 * else as any event.
 */
export type PullMode = "history" | "outage" | "live";

/** The tenant of an app that has one. */
export const onlyTenant = "default";

/** Takes the rows of pages in: each by its tenant, once, with the bad ones counted. */
export class PullRows {
  readonly #parts: PullParts;
  /** What was taken of late, so that the overlap costs the log nothing; forgotten, the log's own ids tell. */
  readonly #seen = new Set<string>();
  #tenants: ReadonlyMap<string, number> = new Map();
  #mode: PullMode = "live";
  /** Tenants with a row since the end was last reached. */
  readonly touched = new Set<number>();

  constructor(parts: PullParts) {
    this.#parts = parts;
  }

  begin(tenants: ReadonlyMap<string, number>, mode: PullMode): void {
    this.#tenants = tenants;
    this.#mode = mode;
  }

  /** `isDoubtful`: any of them may be in the log already, past its dedup horizon. */
  async take(page: readonly QueryRow[], isDoubtful: boolean): Promise<void> {
    const fresh = page.filter((row) => row.isNew || !this.#seen.has(keyOf(row)));
    const byTenant = Map.groupBy(fresh, ({ tenant }) => tenant);
    const names = [...byTenant.keys()].filter((name) => name !== undefined);
    // A tenant may be younger than the pass.
    if (names.some((name) => !this.#tenants.has(name))) this.#tenants = await this.#parts.tenon.metadata.tenants();
    for (const [name, rows] of byTenant) {
      const tenant = await this.#tenantOf(name);
      if (tenant === undefined) this.#refuse(name, rows);
      else
        await this.#takeOf(
          tenant,
          isDoubtful && this.#parts.event.table === undefined ? await this.#unknown(tenant, rows) : rows,
        );
    }
    for (const row of fresh) this.#seen.add(keyOf(row));
    for (const key of this.#seen) {
      if (this.#seen.size <= limit.sourceSeenMax) break;
      this.#seen.delete(key);
    }
  }

  async #tenantOf(name: string | undefined): Promise<number | undefined> {
    if (this.#parts.query.tenant === undefined) return this.#parts.tenon.metadata.tenant(onlyTenant);
    return name === undefined ? undefined : this.#tenants.get(name);
  }

  #refuse(name: string | undefined, rows: readonly QueryRow[]): void {
    const { tenon, tally, query } = this.#parts;
    const message = name === undefined ? `"${query.tenant}" is null` : `the app has no tenant "${name.slice(0, 100)}"`;
    for (const { id } of rows) tally.reject({ tenant: undefined, atMs: tenon.clock.nowMs(), id, message });
  }

  async #takeOf(tenant: number, rows: readonly QueryRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { tenon, event, tally } = this.#parts;
    const nowMs = tenon.clock.nowMs();
    const inputs = rows.map(({ row }) => (this.#mode === "outage" ? { ...row, receivedAt: nowMs } : row));
    const mode: ImportMode | undefined = this.#mode === "live" ? undefined : { latencyMs: 0 };
    const taken = await patiently(
      () =>
        event.table === undefined
          ? tenon.ingest(tenant, event.name, inputs, mode)
          : tenon.put(tenant, event.name, inputs.map(putOf), mode),
      () => "rows of a query were taken",
    );
    const { accepted, duplicate, conflict, late, rejected } = taken;
    tally.count(tenant, { accepted, duplicate, conflict, late });
    for (const { index, places } of rejected) {
      const message = places.map((place) => `${place.path}: ${place.message}`).join("; ");
      tally.reject({ tenant, atMs: nowMs, id: rows[index].id, message });
    }
    this.touched.add(tenant);
  }

  async #unknown(tenant: number, rows: readonly QueryRow[]): Promise<readonly QueryRow[]> {
    const { tenon, event } = this.#parts;
    const topic = tenon.catalogue.topics[event.name];
    const ids = rows.map(({ id }) => id);
    const known = new Set((await findEntries(tenon, tenant, topic, ids)).map(({ id }) => id));
    return rows.filter(({ id }) => !known.has(id));
  }
}

const keyOf = ({ cursor, id }: QueryRow): string => `${cursor}\0${id}`;

/** A row of a table is valid from its time on; put twice, it says the same. */
const putOf = ({ id: _, at, ...row }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  ...row,
  validFrom: at,
});
