import { TenonError } from "../../base/error.ts";
import { hashApiKey, newApiKey, newId } from "../../base/id.ts";
import { suggestion } from "../../base/nearest.ts";
import type { KeyScope, MetadataStore, PublishableTerms, StoredKey } from "../../ports/metadata-store.ts";

/** Who calls: the tenant comes from the credential alone. */
export interface Caller {
  readonly tenant: number;
  readonly tenantName: string;
  readonly scopes: readonly KeyScope[];
  readonly keyId: string;
  /** Of a key that stands in pages. */
  readonly publishable?: PublishableTerms;
  /** Of a secret key whose calls are counted. */
  readonly callsPerMinute?: number;
  /** Of its tenant, by all its keys together. */
  readonly tenantCallsPerMinute?: number;
}

/** Callers remembered by their key. */
const recentMax = 1_000;

/** The keys of an app, in memory by their hashes. */
export class ApiKeys {
  readonly #metadata: MetadataStore;
  readonly #nowMs: () => number;
  #byHash = new Map<string, Caller>();
  /** Keys of late, so that a busy caller's is not hashed each time; emptied whenever a key is made or revoked. */
  readonly #recent = new Map<string, Caller>();
  #origins: ReadonlySet<string> = new Set();
  #stored: readonly StoredKey[] = [];
  #tenantNames = new Map<number, string>();
  #tenantQuotas: ReadonlyMap<number, number> = new Map();

  private constructor(metadata: MetadataStore, nowMs: () => number) {
    this.#metadata = metadata;
    this.#nowMs = nowMs;
  }

  static async load(metadata: MetadataStore, nowMs: () => number): Promise<ApiKeys> {
    const keys = new ApiKeys(metadata, nowMs);
    await keys.#reload();
    return keys;
  }

  /** Some published key is for pages of this site. */
  servesOrigin(origin: string): boolean {
    return this.#origins.has(origin);
  }

  get count(): number {
    return this.#byHash.size;
  }

  /**
   * The caller behind a key.
   * @throws key.missing, key.unknown
   */
  authenticate(key: string | undefined): Caller {
    if (key === undefined) throw new TenonError("key.missing", "this address needs an API key");
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const caller = key.startsWith("tn_") ? this.#byHash.get(hashApiKey(key)) : undefined;
    if (caller !== undefined) this.#remember(key, caller);
    else throw new TenonError("key.unknown", "the API key is unknown or was revoked");
    return caller;
  }

  #remember(key: string, caller: Caller): void {
    if (this.#recent.size >= recentMax) this.#recent.clear();
    this.#recent.set(key, caller);
  }

  /** A new key; its text is told this once and is not stored. */
  async create(o: {
    tenant: string;
    scopes: readonly KeyScope[];
    note: string;
    publishable?: PublishableTerms | undefined;
    callsPerMinute?: number | undefined;
  }): Promise<{ readonly id: string; readonly key: string }> {
    const { publishable, callsPerMinute } = o;
    const key = newApiKey(publishable !== undefined);
    const id = newId();
    const tenant = await this.#metadata.tenant(o.tenant);
    const atMs = this.#nowMs();
    const where = publishable === undefined ? "" : `, published for ${publishable.predictions.join(", ")}`;
    const text = `key ${id} for tenant ${o.tenant} with ${o.scopes.join(", ")}${where}`;
    const terms = termsOf({ publishable, callsPerMinute });
    await this.#metadata.addKey(
      {
        id,
        hash: hashApiKey(key),
        tenant,
        scopes: o.scopes,
        note: o.note,
        ...terms,
        createdAtMs: atMs,
        revokedAtMs: null,
      },
      { atMs, kind: "key.created", text, tenant },
    );
    await this.#reload();
    return { id, key };
  }

  /** The app's tenants, and how many calls a minute each may make; null where it is not counted. */
  tenants(): readonly { readonly name: string; readonly callsPerMinute: number | null }[] {
    return [...this.#tenantNames].map(([id, name]) => ({ name, callsPerMinute: this.#tenantQuotas.get(id) ?? null }));
  }

  /** @throws tenant.unknown */
  async setTenantQuota(name: string, callsPerMinute: number | null): Promise<void> {
    const tenant = (await this.#metadata.tenants()).get(name);
    if (tenant === undefined) {
      const near = suggestion(name, new Set(this.#tenantNames.values()));
      throw new TenonError("tenant.unknown", `the app has no tenant "${name.slice(0, 100)}".${near}`);
    }
    const text = `tenant ${name}: ${callsPerMinute === null ? "no quota" : `${callsPerMinute} calls a minute`}`;
    await this.#metadata.setTenantQuota(tenant, callsPerMinute, {
      ...{ atMs: this.#nowMs(), kind: "tenant.quota", text, tenant },
    });
    await this.#reload();
  }

  async revoke(id: string): Promise<void> {
    const atMs = this.#nowMs();
    const tenant = this.#stored.find((key) => key.id === id)?.tenant;
    const audit = { atMs, kind: "key.revoked", text: `key ${id}`, ...(tenant === undefined ? {} : { tenant }) };
    if (tenant === undefined || !(await this.#metadata.revokeKey(id, atMs, audit)))
      throw new TenonError("key.absent", `no key has the id "${id}"; \`tenon keys list\` lists them`);
    await this.#reload();
  }

  list(): readonly {
    readonly id: string;
    readonly tenant: string;
    readonly scopes: readonly KeyScope[];
    readonly note: string;
    readonly publishable: PublishableTerms | null;
    readonly callsPerMinute: number | null;
    readonly createdAtMs: number;
    readonly revokedAtMs: number | null;
  }[] {
    return this.#stored.map(
      ({ id, tenant, scopes, note, publishable = null, callsPerMinute = null, createdAtMs, revokedAtMs }) => ({
        id,
        tenant: this.#tenantNames.get(tenant) ?? "",
        scopes,
        note,
        publishable,
        callsPerMinute,
        createdAtMs,
        revokedAtMs,
      }),
    );
  }

  async #reload(): Promise<void> {
    this.#tenantNames = new Map([...(await this.#metadata.tenants())].map(([name, id]) => [id, name]));
    this.#tenantQuotas = await this.#metadata.tenantQuotas();
    this.#stored = await this.#metadata.keys();
    this.#byHash = new Map(
      this.#stored
        .filter((key) => key.revokedAtMs === null)
        .map(({ id, hash, tenant, scopes, publishable, callsPerMinute }) => {
          const tenantName = this.#tenantNames.get(tenant) ?? "";
          const quota = this.#tenantQuotas.get(tenant);
          const terms = {
            ...termsOf({ publishable, callsPerMinute }),
            ...(quota === undefined ? {} : { tenantCallsPerMinute: quota }),
          };
          return [hash, { tenant, tenantName, scopes, keyId: id, ...terms }];
        }),
    );
    this.#origins = new Set([...this.#byHash.values()].flatMap(({ publishable }) => publishable?.origins ?? []));
    // Last: a caller that is remembered while the keys are read would outlive its key.
    this.#recent.clear();
  }
}

const termsOf = ({
  publishable,
  callsPerMinute,
}: {
  readonly publishable: PublishableTerms | undefined;
  readonly callsPerMinute: number | undefined;
}): Pick<Caller, "publishable" | "callsPerMinute"> => ({
  ...(publishable === undefined ? {} : { publishable }),
  ...(callsPerMinute === undefined ? {} : { callsPerMinute }),
});

/** @throws key.scope where the caller has none of the scopes; admin may do everything */
export function requireScope(caller: Caller, scope: KeyScope): void {
  if (caller.scopes.includes(scope) || caller.scopes.includes("admin")) return;
  throw new TenonError(
    "key.scope",
    `this needs the scope "${scope}"; the key has ${caller.scopes.join(", ") || "none"}`,
  );
}
