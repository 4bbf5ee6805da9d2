import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../src/base/log.ts";
import type { KeyScope } from "../src/ports/metadata-store.ts";
import { type Running, type StartOptions, serve, startTenon } from "../src/run.ts";

/** An app of its own on a free port, in a folder that goes with it. */
export interface StartedApp extends AsyncDisposable {
  readonly running: Running;
  readonly url: string;
  readonly consoleUrl: string;
  readonly dir: string;
  /** A key of a tenant. */
  key(tenant: string, ...scopes: KeyScope[]): Promise<string>;
  /** A request with a key; a body is sent as JSON unless it is text. */
  call(
    method: string,
    path: string,
    o?: { readonly key?: string; readonly body?: unknown; readonly headers?: Record<string, string> },
  ): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

/** A config with a bit of everything that a test needs. */
export const shopConfig = `import { atLeast, c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, onDemand, prediction, pretrained } from "tenon";
const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer(), price: c.decimal(2).nullable(), country: c.text().nullable(), tier: c.oneOf("free", "pro").nullable(), when: c.time().nullable(), ratio: c.real().nullable(), gift: c.flag().nullable() }, { late: "1d" });
const refund = event("refund", { payment: c.ref(payment), account: c.ref(account), cents: c.integer() });
const spend = features("spend", account, { paid: payment.sum("cents").over("1h", "30d"), payments: payment.count().over("1h", "lifetime"), country: payment.last("country").over("30d"), countries: payment.distinct("country").over("30d") });
const shape = onDemand("shape", { on: payment, uses: [spend], compute: ({ row, features }) => ({ big: row.cents > 1000, share: row.cents / Math.max(1, features.paid_30d) }) });
const risk = model("risk", { label: label("refunded", { of: payment, is: refund.follows("1h") }), features: [payment.pick("cents", "country"), spend, shape], trainer: gradientBoosting({ rounds: 20, seed: 3 }), gates: [atLeast("auc", 0.6)] });
export const app = defineApp({ name: "shop", tenancy: "required", stores: { dev: () => embedded() }, use: [payment, refund, spend,
  prediction("risk", { model: risk, fallback: { score: 0.5 }, decide: ({ score }) => ({ verdict: score > 0.5 ? "block" : "approve" }) }),
  prediction("limit", { model: pretrained("limit_rule", { input: { cents: c.integer() }, output: { ok: c.flag() }, code: ({ cents }) => ({ ok: cents < 50000 }) }), fallback: { ok: false } })] });
`;

/** History with a signal, two trained versions, the first of them live. */
export async function trainTwoVersions({ tenon }: Running, tenantName: string): Promise<void> {
  const tenant = await tenon.metadata.tenant(tenantName);
  const at = Date.now() - 12 * 3_600_000;
  const payments = Array.from({ length: 400 }, (_, i) => ({
    id: `h${i}`,
    at: at + i * 1_000,
    account: `h${i % 9}`,
    cents: (i * 37) % 2_000,
    country: ["DE", "US", "FR"][i % 3],
  }));
  const refunds = payments
    .filter(({ cents }) => cents > 1_000)
    .map(({ id, at: paidAt, account, cents }) => ({ id: `r${id}`, at: paidAt + 5_000, payment: id, account, cents }));
  await tenon.ingest(tenant, "payment", payments, { latencyMs: 0 });
  await tenon.ingest(tenant, "refund", refunds, { latencyMs: 0 });
  // Labels are final once the outcome's lateness has passed.
  tenon.clock.advanceTo(Date.now() + 8 * 86_400_000);
  for (let i = 0; i < 2; i++)
    await tenon.learner.train(tenon.trainedModel("risk"), tenon.learnRequest("risk", { rowsMax: 1_000 }));
  await tenon.registry.promote("risk", 1, { force: true });
}

export async function startApp(config = shopConfig, options: StartOptions = {}): Promise<StartedApp> {
  const dir = await mkdtemp(join(tmpdir(), "tenon-test-"));
  await writeFile(join(dir, "tenon.config.ts"), config);
  const running = await startTenon({
    configFile: join(dir, "tenon.config.ts"),
    dataDir: join(dir, "data"),
    logger: silentLogger,
    ...options,
  });
  const { url, consoleUrl, close } = await serve(running, { port: 0 });
  return {
    running,
    url,
    consoleUrl,
    dir,
    key: async (tenant, ...scopes) =>
      (await running.tenon.keys.create({ tenant, scopes: scopes.length > 0 ? scopes : ["admin"], note: "test" })).key,
    call: async (method, path, o = {}) => {
      const body = o.body === undefined ? undefined : typeof o.body === "string" ? o.body : JSON.stringify(o.body);
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: "manual",
        headers: {
          ...(o.key === undefined ? {} : { authorization: `Bearer ${o.key}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...o.headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      const isJson = (response.headers.get("content-type") ?? "").includes("json");
      return {
        status: response.status,
        headers: response.headers,
        body: isJson && text !== "" ? JSON.parse(text) : text,
      };
    },
    [Symbol.asyncDispose]: async () => {
      await close();
      await running.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
