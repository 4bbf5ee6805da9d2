// Orders of a made-up office supplier. What a customer was worth so far is computed once a month by SQL, and two models use it.
import {
  batch,
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
} from "tenon";

const customer = entity("customer", { owner: "sales" });

const order = event("order", {
  customer: c.ref(customer),
  segment: c.oneOf("Consumer", "Corporate", "Home Office"),
  category: c.oneOf("Furniture", "Office Supplies", "Technology"),
  sales: c.decimal(4),
  quantity: c.integer(),
});

const recent = features("recent", customer, {
  bought: order.sum("sales").over("30d", "90d"),
  orders: order.count().over("90d", "365d"),
  since: order.timeSince().over("lifetime"),
});

/** Customer lifetime value: what a year with the customer has brought so far. */
const value = batch("customer_value", customer, {
  every: "cron 0 0 1 * *",
  columns: { spent: c.real(), yearly: c.real(), favourite: c.text() },
  sql: `
    select customer,
      sum(sales)::double as spent,
      sum(sales)::double / greatest(1, date_diff('month', min(at), as_of())) * 12 as yearly,
      max_by(category, sales) as favourite
    from "order"
    group by customer`,
  owner: "sales",
});

const again = model("orders_again", {
  label: label("ordered_again", { of: order, is: order.count().next("90d").above(0) }),
  features: [order.pick("segment", "category"), recent, value],
  trainer: gradientBoosting({ seed: 7 }),
});

const next = model("next_sales", {
  label: label("sold_next", { of: order, is: order.sum("sales").next("90d") }),
  features: [recent, value.pick("spent", "yearly")],
  trainer: gradientBoosting({ seed: 7 }),
});

export const app = defineApp({
  name: "superstore",
  tenancy: "none",
  stores: { dev: () => embedded() },
  use: [
    order,
    prediction("orders_again", { model: again, fallback: { score: 0.5 } }),
    prediction("next_sales", { model: next, fallback: { value: 0 } }),
  ],
});
