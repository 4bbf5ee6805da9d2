import type { ColumnPlan, EventPlan } from "../plan/plan.ts";

export type KeyScope = "ingest" | "predict" | "admin";

/** What a key that stands in a page may do: ask these predictions, from these sites, so often a visitor. */
export interface PublishableTerms {
  readonly predictions: readonly string[];
  readonly origins: readonly string[];
  readonly callsPerMinute: number;
}

export interface StoredKey {
  readonly id: string;
  readonly hash: string;
  readonly tenant: number;
  readonly scopes: readonly KeyScope[];
  readonly note: string;
  /** Absent of a key that is a secret. */
  readonly publishable?: PublishableTerms;
  /** Of a secret key; absent where they are not counted. */
  readonly callsPerMinute?: number;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

export interface StoredSchema {
  readonly id: number;
  readonly event: string;
  readonly columns: readonly ColumnPlan[];
}

export interface StoredAlias {
  readonly model: string;
  readonly version: number;
  readonly previous: number | null;
  /** Grows with every change: a replica refuses an older one. */
  readonly epoch: number;
}

export interface StoredVersion {
  readonly model: string;
  readonly version: number;
  /** The version's record as JSON. */
  readonly record: string;
}

export interface AuditRecord {
  readonly atMs: number;
  readonly kind: string;
  readonly text: string;
  /** Whose it is; absent for what concerns the whole app. */
  readonly tenant?: number;
}

/** Names, keys, versions and pointers. Every change is one transaction and durable when it answers. */
export interface MetadataStore {
  tenants(): Promise<ReadonlyMap<string, number>>;
  /** The tenant's number; made where it is new. */
  tenant(name: string): Promise<number>;
  /** Calls a minute by tenant, of those that have a quota. */
  tenantQuotas(): Promise<ReadonlyMap<number, number>>;
  setTenantQuota(tenant: number, callsPerMinute: number | null, audit: AuditRecord): Promise<void>;
  /** Numbers for these topics; made where they are new. */
  topics(names: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** Every schema ever used; the events' present ones are added. */
  schemas(events: readonly EventPlan[]): Promise<readonly StoredSchema[]>;
  keys(): Promise<readonly StoredKey[]>;
  addKey(key: StoredKey, audit: AuditRecord): Promise<void>;
  revokeKey(id: string, atMs: number, audit: AuditRecord): Promise<boolean>;
  setting(name: string): Promise<string | undefined>;
  setSetting(name: string, value: string): Promise<void>;
  coverage(): Promise<readonly { readonly tenant: number; readonly event: string; readonly coveredFromMs: number }[]>;
  setCoverage(tenant: number, event: string, coveredFromMs: number): Promise<void>;
  versions(): Promise<readonly StoredVersion[]>;
  /** Adds a version with the next number; the record is made for it. */
  addVersion(model: string, record: (version: number) => string, audit: AuditRecord): Promise<number>;
  aliases(): Promise<readonly StoredAlias[]>;
  setAlias(model: string, version: number, audit: AuditRecord): Promise<StoredAlias>;
  /** The newest records of the app and of a tenant, newest first. */
  audit(tenant: number, limit: number): Promise<readonly AuditRecord[]>;
  addAudit(record: AuditRecord): Promise<void>;
}
