/** The configuration of a new app: it answers with zero events, and learns once there are some. */
const config = `import { atLeast, c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, prediction, pretrained } from "tenon";

// What events are about. The text is the durable name: it is in URLs and stored keys, and changing it is a migration.
const account = entity("account");

// What happens. Send it with POST /events/payment, or: tenon events send payment payments.ndjson
const payment = event("payment", { account: c.ref(account), cents: c.integer(), country: c.text() });
const refund = event("refund", { payment: c.ref(payment), account: c.ref(account) });

// Computed as events come in, and point in time for training: columns paid_1d, paid_30d, payments_1h.
const spend = features("spend", account, {
  paid: payment.sum("cents").over("1d", "30d"),
  payments: payment.count().over("1h"),
});

// Learns from history which payments are refunded within a week: tenon train refund_risk
const refundRisk = model("refund_risk", {
  label: label("refunded", { of: payment, is: refund.follows("7d") }),
  features: [payment.pick("cents", "country"), spend],
  trainer: gradientBoosting({ seed: 1 }),
  gates: [atLeast("auc", 0.6)],
});

// POST /predict/refund answers the fallback until a version is live; /predict/limit is a rule and needs no events.
const refundPrediction = prediction("refund", { model: refundRisk, fallback: { score: 0.1 } });
const limit = prediction("limit", {
  model: pretrained("limit_rule", { input: { cents: c.integer() }, output: { ok: c.flag() }, code: ({ cents }) => ({ ok: cents < 50_000 }) }),
  fallback: { ok: false },
});

export const app = defineApp({
  name: NAME,
  tenancy: "none", // "required": every key belongs to a tenant, and tenants never see each other's data
  stores: { dev: () => embedded(), production: () => embedded() },
  use: [payment, refund, spend, refundPrediction, limit],
});
`;

const tsconfig = {
  compilerOptions: {
    target: "es2024",
    module: "nodenext",
    moduleResolution: "nodenext",
    strict: true,
    noEmit: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: [],
  },
  include: ["**/*.ts"],
};

/** A configuration in place of the starter's, and what it needs beside Tenon. */
export interface OwnConfig {
  readonly textFor: (appName: string) => string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The files of a new app by their names. */
export function starterFiles(name: string, version: string, own?: OwnConfig): Readonly<Record<string, string>> {
  const manifest = {
    name,
    private: true,
    type: "module",
    engines: { node: ">=24" },
    scripts: { dev: "tenon dev", start: "tenon serve", plan: "tenon plan" },
    dependencies: { ...own?.dependencies, tenon: `^${version}` },
  };
  return {
    "package.json": `${JSON.stringify(manifest, null, 2)}\n`,
    "tsconfig.json": `${JSON.stringify(tsconfig, null, 2)}\n`,
    "tenon.config.ts": own?.textFor(appNameOf(name)) ?? config.replace("NAME", JSON.stringify(appNameOf(name))),
    ".gitignore": "node_modules/\n.tenon/\n",
  };
}

/** A folder's name as a package's. */
export const packageNameOf = (folder: string): string =>
  folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[-._]+|[-._]+$/g, "")
    .slice(0, 60) || "app";

/** A package's name as an app's: letters, digits and underscores, a letter first. */
const appNameOf = (name: string): string => name.replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+/, "") || "app";
