/** An app whose payments look their plan up. */
export const lookupConfig = `
import { c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, onDemand, prediction, table } from "tenon";
const account = entity("account");
const plan = table("plan", { account: c.ref(account), tier: c.oneOf("free", "pro"), price: c.decimal(2), since: c.time(), note: c.text().nullable() }, { ttl: "90d" });
const payment = event("payment", { tier: plan.lookup("tier"), price: plan.lookup("price"), since: plan.lookup("since"), account: c.ref(account), cents: c.integer() }, { late: "1d" });
const spend = features("spend", account, {
  pro: payment.sum("cents", { tier: "pro" }).over("7d", "lifetime"),
  byTier: payment.count().by("tier").over("7d"),
  price: payment.sum("price").over("7d"),
});
const share = onDemand("share", { on: payment, uses: [spend], compute: ({ row, features }) => ({ columns: Object.keys(row).sort().join(), pro: features.pro_7d / row.cents }) });
const again = model("again", { label: label("again", { of: payment, is: payment.count().next("1d").above(0) }), features: [payment.pick("cents"), spend.pick("pro_7d", "price_7d"), share], trainer: gradientBoosting({ rounds: 3 }) });
export const app = defineApp({ name: "shop", tenancy: "required", stores: { dev: () => embedded() }, use: [payment, plan, spend, prediction("again", { model: again, fallback: { score: 0.5 } })] });
`;
