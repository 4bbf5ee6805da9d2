// Real US flights of 2001, streamed. The delay of a flight is known only when it has landed.
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
  onDemand,
  prediction,
  pretrained,
} from "tenon";

const airport = entity("airport", { owner: "operations" });
const route = entity("route", { owner: "operations" });

const departure = event("departure", {
  origin: c.ref(airport),
  route: c.ref(route),
  destination: c.text(),
  miles: c.integer(),
});
const landing = event(
  "landing",
  { departure: c.ref(departure), origin: c.ref(airport), route: c.ref(route), delayMinutes: c.integer() },
  { late: "6h" },
);

const origin = features("origin", airport, {
  departures: departure.count().over("1h", "24h"),
  delay: landing.mean("delayMinutes").over("1h", "6h", "24h", "7d"),
});
const usual = features("usual", route, { delay: landing.mean("delayMinutes").over("7d") });
const clock = onDemand("clock", {
  on: departure,
  uses: [origin],
  compute: ({ row, features }) => ({
    hour: row.at.getUTCHours(),
    weekday: row.at.getUTCDay(),
    worsening: (features.delay_1h ?? 0) - (features.delay_24h ?? 0),
  }),
});

const lateDeparture = model("late_departure", {
  label: label("late", { of: departure, is: landing.mean("delayMinutes").next("12h").above(15) }),
  features: [departure.pick("miles", "origin"), origin, usual, clock],
  trainer: gradientBoosting({ seed: 1 }),
  gates: [atLeast("auc", 0.65)],
  owner: "operations",
});

const delay = prediction("delay", {
  model: lateDeparture,
  fallback: { score: 0.2 },
  decide: ({ score }) => ({ advice: score > 0.5 ? "rebook" : "wait" }) as const,
  owner: "operations",
});

const haul = prediction("haul", {
  model: pretrained("haul_rule", {
    input: { miles: c.integer() },
    output: { haul: c.oneOf("short", "medium", "long") },
    code: ({ miles }) => ({ haul: miles < 700 ? "short" : miles < 1_500 ? "medium" : "long" }),
  }),
  fallback: { haul: "medium" },
});

export const app = defineApp({
  name: "acme",
  tenancy: "required",
  stores: { dev: () => embedded(), production: () => embedded() },
  use: [departure, landing, origin, usual, delay, haul],
});
