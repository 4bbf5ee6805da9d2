import type { EventPlan } from "../../plan/plan.ts";
import type {
  AuditRecord,
  KeyScope,
  MetadataStore,
  StoredAlias,
  StoredKey,
  StoredSchema,
  StoredVersion,
} from "../../ports/metadata-store.ts";
import type { MetadataCall, MetadataRow } from "./metadata-database.ts";

type Parameter = string | number | null;
type Transact = (calls: readonly MetadataCall[]) => Promise<MetadataRow[][]>;

const call = (sql: string, ...parameters: Parameter[]): MetadataCall => ({ sql, parameters });
const auditCall = ({ atMs, kind, text, tenant }: AuditRecord): MetadataCall =>
  call("insert into audit (at, kind, text, tenant) values (?, ?, ?, ?)", atMs, kind, text, tenant ?? null);

/** Promotions and the rest of a model's pointers are of the whole app; per-tenant models bring their own rows. */
const pooled = 0;

/** The metadata store on SQLite, by way of the storage worker. */
export class SqliteMetadataStore implements MetadataStore {
  readonly #transact: Transact;

  constructor(transact: Transact) {
    this.#transact = transact;
  }

  async #rows(...calls: MetadataCall[]): Promise<MetadataRow[]> {
    return (await this.#transact(calls)).at(-1) ?? [];
  }

  async tenants(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#rows(call("select id, name from tenant order by id"));
    return new Map(rows.map((row) => [String(row.name), Number(row.id)]));
  }

  async tenant(name: string): Promise<number> {
    const insert = call("insert into tenant (name) values (?) on conflict do nothing", name);
    const rows = await this.#rows(insert, call("select id from tenant where name = ?", name));
    return Number(rows[0].id);
  }

  async tenantQuotas(): Promise<ReadonlyMap<number, number>> {
    const sql = "select id, calls_per_minute from tenant where calls_per_minute is not null";
    const rows = await this.#rows(call(sql));
    return new Map(rows.map((row) => [Number(row.id), Number(row.calls_per_minute)]));
  }

  async setTenantQuota(tenant: number, callsPerMinute: number | null, audit: AuditRecord): Promise<void> {
    const update = call("update tenant set calls_per_minute = ? where id = ?", callsPerMinute, tenant);
    await this.#transact([update, auditCall(audit)]);
  }

  async topics(names: readonly string[]): Promise<Readonly<Record<string, number>>> {
    const inserts = names.map((name) => call("insert into topic (name) values (?) on conflict do nothing", name));
    const rows = await this.#rows(...inserts, call("select id, name from topic"));
    return Object.fromEntries(rows.map((row) => [String(row.name), Number(row.id)]));
  }

  async schemas(events: readonly EventPlan[]): Promise<readonly StoredSchema[]> {
    const inserts = events.map(({ name, fingerprint, columns }) =>
      call(
        "insert into schema (event, fingerprint, columns) values (?, ?, ?) on conflict do nothing",
        name,
        fingerprint,
        JSON.stringify(columns),
      ),
    );
    const rows = await this.#rows(...inserts, call("select id, event, columns from schema order by id"));
    return rows.map((row) => ({
      id: Number(row.id),
      event: String(row.event),
      columns: JSON.parse(String(row.columns)),
    }));
  }

  async keys(): Promise<readonly StoredKey[]> {
    return (await this.#rows(call("select * from api_key order by created_at, id"))).map((row) => ({
      id: String(row.id),
      hash: String(row.hash),
      tenant: Number(row.tenant),
      scopes: String(row.scopes).split(" ").filter(isScope),
      note: String(row.note),
      ...(row.publishable === null ? {} : { publishable: JSON.parse(String(row.publishable)) }),
      ...(row.calls_per_minute === null ? {} : { callsPerMinute: Number(row.calls_per_minute) }),
      createdAtMs: Number(row.created_at),
      revokedAtMs: row.revoked_at === null ? null : Number(row.revoked_at),
    }));
  }

  async addKey(key: StoredKey, audit: AuditRecord): Promise<void> {
    const sql =
      "insert into api_key (id, hash, tenant, scopes, note, publishable, calls_per_minute, created_at) values (?, ?, ?, ?, ?, ?, ?, ?)";
    const publishable = key.publishable === undefined ? null : JSON.stringify(key.publishable);
    await this.#transact([
      call(
        sql,
        key.id,
        key.hash,
        key.tenant,
        key.scopes.join(" "),
        key.note,
        publishable,
        key.callsPerMinute ?? null,
        key.createdAtMs,
      ),
      auditCall(audit),
    ]);
  }

  async revokeKey(id: string, atMs: number, audit: AuditRecord): Promise<boolean> {
    const [rows] = await this.#transact([
      call("update api_key set revoked_at = ? where id = ? and revoked_at is null returning id", atMs, id),
      auditCall(audit),
    ]);
    return rows.length > 0;
  }

  async setting(name: string): Promise<string | undefined> {
    const rows = await this.#rows(call("select value from setting where name = ?", name));
    return rows.length === 0 ? undefined : String(rows[0].value);
  }

  async setSetting(name: string, value: string): Promise<void> {
    await this.#transact([
      call(
        "insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        name,
        value,
      ),
    ]);
  }

  async coverage(): Promise<
    readonly { readonly tenant: number; readonly event: string; readonly coveredFromMs: number }[]
  > {
    const rows = await this.#rows(call("select tenant, event, covered_from from coverage"));
    return rows.map((row) => ({
      tenant: Number(row.tenant),
      event: String(row.event),
      coveredFromMs: Number(row.covered_from),
    }));
  }

  async setCoverage(tenant: number, event: string, coveredFromMs: number): Promise<void> {
    const sql = `insert into coverage (tenant, event, covered_from) values (?, ?, ?)
      on conflict (tenant, event) do update set covered_from = min(covered_from, excluded.covered_from)`;
    await this.#transact([call(sql, tenant, event, coveredFromMs)]);
  }

  async versions(): Promise<readonly StoredVersion[]> {
    const rows = await this.#rows(call("select model, version, record from model_version order by model, version"));
    return rows.map((row) => ({ model: String(row.model), version: Number(row.version), record: String(row.record) }));
  }

  async addVersion(model: string, record: (version: number) => string, audit: AuditRecord): Promise<number> {
    const rows = await this.#rows(
      call("select coalesce(max(version), 0) as newest from model_version where model = ?", model),
    );
    const version = Number(rows[0].newest) + 1;
    await this.#transact([
      call("insert into model_version (model, version, record) values (?, ?, ?)", model, version, record(version)),
      auditCall(audit),
    ]);
    return version;
  }

  async aliases(): Promise<readonly StoredAlias[]> {
    return (await this.#rows(call("select model, version, previous, epoch from alias where name = 'live'"))).map(
      aliasOf,
    );
  }

  async setAlias(model: string, version: number, audit: AuditRecord): Promise<StoredAlias> {
    const sql = `insert into alias (model, tenant, name, version, previous, epoch) values (?, ?, 'live', ?, null, 1)
      on conflict (model, tenant, name) do update set version = excluded.version, previous = version, epoch = epoch + 1
      returning model, version, previous, epoch`;
    const [rows] = await this.#transact([call(sql, model, pooled, version), auditCall(audit)]);
    return aliasOf(rows[0]);
  }

  async audit(tenant: number, limit: number): Promise<readonly AuditRecord[]> {
    const sql = "select at, kind, text from audit where tenant is null or tenant = ? order by id desc limit ?";
    const rows = await this.#rows(call(sql, tenant, limit));
    return rows.map((row) => ({ atMs: Number(row.at), kind: String(row.kind), text: String(row.text) }));
  }

  async addAudit(record: AuditRecord): Promise<void> {
    await this.#transact([auditCall(record)]);
  }
}

const isScope = (text: string): text is KeyScope => text === "ingest" || text === "predict" || text === "admin";

const aliasOf = (row: MetadataRow): StoredAlias => ({
  model: String(row.model),
  version: Number(row.version),
  previous: row.previous === null ? null : Number(row.previous),
  epoch: Number(row.epoch),
});
