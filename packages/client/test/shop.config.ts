import {
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
  pretrained,
  table,
} from "tenon";

const account = entity("account");
const payment = event("payment", {
  account: c.ref(account),
  cents: c.integer(),
  country: c.text(),
  note: c.text().nullable(),
  due: c.time().nullable(),
});
const refund = event("refund", { payment: c.ref(payment), account: c.ref(account) });
const spend = features("spend", account, {
  paid: payment.sum("cents").over("1h", "30d"),
  payments: payment.count().over("1h"),
  country: payment.last("country").over("30d"),
  due: payment.last("due").over("30d"),
});
const plan = table("plan", { account: c.ref(account), tier: c.oneOf("free", "pro"), until: c.time().nullable() });
const risk = model("risk", {
  label: label("refunded", { of: payment, is: refund.follows("7d") }),
  features: [payment.pick("cents"), spend],
  trainer: gradientBoosting({ seed: 1 }),
});
const next = model("next", {
  label: label("paid_next", { of: account.every("7d"), is: payment.sum("cents").next("7d") }),
  features: [spend],
  trainer: gradientBoosting({ seed: 1 }),
});
const limit = pretrained("limit_rule", {
  input: { cents: c.integer(), tier: c.oneOf("free", "pro").nullable() },
  output: { ok: c.flag() },
  code: ({ cents, tier }) => ({ ok: cents < (tier === "pro" ? 1_000 : 100) }),
});

export const app = defineApp({
  name: "shop",
  tenancy: "none",
  stores: { dev: () => embedded() },
  use: [
    payment,
    refund,
    spend,
    plan,
    prediction("fraud", {
      model: risk,
      fallback: { score: 0.25 },
      decide: ({ score }) => ({ verdict: score > 0.9 ? "block" : "approve" }) as const,
    }),
    prediction("value", { model: next, fallback: { value: 0 } }),
    prediction("limit", { model: limit, fallback: { ok: false } }),
  ],
});
