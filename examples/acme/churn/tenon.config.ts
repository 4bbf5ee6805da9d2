// Subscriptions of a made-up SaaS: who is about to leave is scored every night, into a table of its own database.
import {
  atLeast,
  c,
  defineApp,
  embedded,
  entity,
  event,
  features,
  gradientBoosting,
  label,
  model,
  prediction,
  table,
} from "tenon";

const account = entity("account", { owner: "customer success" });

const login = event("login", { account: c.ref(account) });
const ticket = event("ticket", { account: c.ref(account), severity: c.oneOf("low", "high") });
const cancelled = event("cancelled", { account: c.ref(account) });

/** An account has a row for as long as it pays. */
const plan = table("plan", { account: c.ref(account), tier: c.oneOf("team", "business"), seats: c.integer() });

const usage = features("usage", account, {
  logins: login.count().over("7d", "28d"),
  away: login.timeSince().over("lifetime"),
  complaints: ticket.count({ severity: "high" }).over("28d"),
});

const churn = model("churn", {
  label: label("churned", { of: account.every("7d", { while: plan }), is: cancelled.follows("30d") }),
  features: [usage, plan],
  trainer: gradientBoosting({ seed: 1 }),
  gates: [atLeast("auc", 0.65)],
  owner: "customer success",
});

export const app = defineApp({
  name: "subscriptions",
  tenancy: "none",
  stores: { dev: () => embedded() },
  use: [
    login,
    ticket,
    cancelled,
    plan,
    usage,
    prediction("churn", {
      model: churn,
      fallback: { score: 0.05 },
      decide: ({ score }) => ({ action: score > 0.5 ? "call" : score > 0.2 ? "mail" : "none" }) as const,
    }),
  ],
});
