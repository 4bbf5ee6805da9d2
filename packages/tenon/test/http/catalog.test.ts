import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { CatalogAnswer, CatalogColumnAnswer, CatalogSetAnswer, LineageAnswer } from "../../src/server/wire.ts";
import { type StartedApp, startApp, trainTwoVersions } from "../start-app.ts";

let app: StartedApp;
let shop: string;
let other: string;
before(async () => {
  app = await startApp();
  shop = await app.key("shop");
  other = await app.key("other");
  await trainTwoVersions(app.running, "shop");
  const { tenon } = app.running;
  for (let i = 0; i < 40; i++) {
    const body = { id: `live${i}`, account: `h${i % 9}`, cents: 100 + i, country: i % 2 === 0 ? "DE" : null };
    await app.call("POST", "/events/payment", { key: shop, body });
  }
  for (let i = 0; i < 30; i++) {
    const body = { id: `q${i}`, account: `h${i % 9}`, cents: 50 * i, country: "DE" };
    assert.equal((await app.call("POST", "/predict/risk", { key: shop, body })).status, 200);
  }
  await app.call("POST", "/events/payment", { key: other, body: { id: "o1", account: "theirs", cents: 777 } });
  await tenon.predictions.drain();
  await tenon.applier.waitFor(tenon.log.lastSeq, 5_000);
});
after(() => app[Symbol.asyncDispose]());

async function get<T>(path: string, key = shop): Promise<T> {
  const { status, body } = await app.call("GET", path, { key });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

test("the catalogue lists every feature with its users and figures, and names what nobody uses", async () => {
  const { features, total, unusedCount, unused } = await get<CatalogAnswer>("/catalog");
  assert.deepEqual(
    features.map(({ name }) => name),
    [
      ...["spend.paid_1h", "spend.paid_30d", "spend.payments_1h", "spend.payments_lifetime"],
      ...["spend.country_30d", "spend.countries_30d", "shape.big", "shape.share"],
    ],
  );
  assert.equal(total, 8);
  assert.deepEqual([unusedCount, unused], [0, []]);
  const paid = features.find(({ name }) => name === "spend.paid_30d");
  assert.deepEqual(paid?.users, {
    onDemand: ["shape"],
    models: ["risk"],
    predictions: ["risk"],
    labels: [],
    batches: [],
  });
  assert.deepEqual(paid?.figures?.statuses, { incomplete: 1 });
  assert.equal(paid?.figures?.nullShare, 0);
});

test("it is searched by every word, and paged", async () => {
  const found = await get<CatalogAnswer>("/catalog?q=COUNTRY%20distinct");
  assert.deepEqual(
    found.features.map(({ name }) => name),
    ["spend.countries_30d"],
  );
  const page = await get<CatalogAnswer>("/catalog?offset=2&limit=1");
  assert.deepEqual([page.features.map(({ name }) => name), page.total], [["spend.payments_1h"], 8]);
  assert.equal((await get<CatalogAnswer>("/catalog?unused=true")).total, 0);
  assert.equal((await app.call("GET", "/catalog?limit=100000", { key: shop })).body.code, "field.type");
});

test("a set tells how many keys its figures are of, from when it is covered and what it costs", async () => {
  const set = await get<CatalogSetAnswer>("/catalog/spend");
  assert.deepEqual([set.sample?.keys, set.sample?.keysSeen, set.sample?.whole], [9, 9, true]);
  assert.ok(Date.parse(String(set.coveredFrom.payment)) > 0);
  const [{ cost }] = set.features;
  assert.equal(cost?.event, "payment");
  assert.equal(cost?.columns, 6);
  // Nine keys with some fifty rows each, of eight bytes a number.
  assert.ok(cost.bytesPerKeyMean !== null && cost.bytesPerKeyMean > 50 * 5 * 8 && cost.bytesPerKeyMean < 50 * 20 * 8);
  assert.ok(cost.updatesMeasured > 0 && cost.cpuMicrosPerUpdate !== null && cost.cpuMicrosPerUpdate > 0);
  const { code, detail } = (await app.call("GET", "/catalog/spent", { key: shop })).body;
  assert.deepEqual([code, /Did you mean "spend"\?/.test(detail)], ["features.unknown", true]);
});

test("a column's values now stand on the bins of its training", async () => {
  const { feature, distributions } = await get<CatalogColumnAnswer>("/catalog/spend/paid_30d");
  assert.equal(feature.exactness, "exact for whole numbers and decimals; a sum of doubles is rounded once");
  const [comparison] = distributions.comparisons;
  assert.deepEqual([comparison?.model, comparison?.version, comparison?.withheld], ["risk", 1, false]);
  const { trained, served, keys } = comparison ?? {};
  assert.ok(trained?.kind === "number" && served?.kind === "number" && keys?.kind === "number");
  assert.equal(trained.rows, 320, "what the version learnt from: the older four fifths of 400");
  assert.equal(served.rows, 30);
  assert.equal(keys.rows, 9);
  for (const { counts, under, over, nulls, rows, bounds } of [trained, served, keys]) {
    assert.deepEqual(bounds, trained.bounds);
    assert.equal(
      counts.reduce((sum, count) => sum + count, under + over + nulls),
      rows,
    );
  }
});

test("texts are categories, and an on-demand column's values are computed again from logged predictions", async () => {
  const country = (await get<CatalogColumnAnswer>("/catalog/spend/country_30d")).distributions;
  const trained = country.comparisons[0]?.trained;
  assert.ok(trained?.kind === "category");
  assert.deepEqual(trained.top.map(({ value }) => value).toSorted(), ["DE", "FR", "US"]);
  const big = await get<CatalogColumnAnswer>("/catalog/shape/big");
  assert.equal(big.feature.figures, null);
  const { served } = big.distributions.comparisons[0] ?? {};
  assert.ok(served?.kind === "number");
  // Of 0, 50 … 1,450 cents nine are above 1,000.
  assert.deepEqual([served.rows, served.mean], [30, 9 / 30]);
});

test("a tenant sees its own keys, and neither another's values nor what was learnt from them", async () => {
  const set = await get<CatalogSetAnswer>("/catalog/spend", other);
  assert.equal(set.sample?.keys, 1);
  const { distributions } = await get<CatalogColumnAnswer>("/catalog/spend/paid_30d", other);
  assert.equal(distributions.served, null);
  const [comparison] = distributions.comparisons;
  assert.deepEqual([comparison?.withheld, comparison?.trained], [true, null]);
  assert.ok(comparison?.keys?.kind === "number");
  assert.deepEqual([comparison.keys.rows, comparison.keys.max], [1, 777]);
  const model = await app.call("GET", "/models/risk", { key: other });
  assert.ok(!JSON.stringify(model.body).includes('"profile"'), "nor by way of the model");
});

test("the owner of the app sees what a version learnt from whatever tenant", async () => {
  const { tenon } = app.running;
  const [entry] = tenon.featureCatalog.named("spend.paid_30d");
  const tenant = await tenon.metadata.tenant("nobody");
  const { comparisons } = await tenon.featureCatalog.distributions(entry, { tenant, isOwner: true });
  assert.equal(comparisons[0]?.trained?.rows, 320);
});

test("the catalogue and the lineage take the admin scope", async () => {
  const reader = await app.key("shop", "predict", "ingest");
  for (const path of ["/catalog", "/catalog/spend", "/catalog/spend/paid_30d", "/lineage"])
    assert.equal((await app.call("GET", path, { key: reader })).status, 403, path);
});

test("the lineage is whole, or around a name", async () => {
  const whole = await get<LineageAnswer>("/lineage");
  const around = await get<LineageAnswer>("/lineage?of=spend.country_30d");
  assert.ok(around.nodes.length < whole.nodes.length);
  assert.ok(
    around.edges.some(({ from, to }) => from === "eventColumn:payment.country" && to === "feature:spend.country_30d"),
  );
  assert.equal((await app.call("GET", "/lineage?of=nothing", { key: shop })).body.code, "definition.unknown");
});

test("the slices of a version's evaluation name values of every tenant: only the owner sees them", async () => {
  const { tenon } = app.running;
  const tenant = await tenon.metadata.tenant("shop");
  const atMs = tenon.clock.nowMs() - 10 * 86_400_000;
  const payments = Array.from({ length: 600 }, (_, i) => ({
    id: `s${i}`,
    at: atMs + i * 1_000,
    account: `h${i % 9}`,
    cents: (i * 37) % 2_000,
    country: "DE",
  }));
  await tenon.ingest(tenant, "payment", payments, { latencyMs: 0 });
  const { version } = await tenon.learner.train(
    tenon.trainedModel("risk"),
    tenon.learnRequest("risk", { rowsMax: 2_000 }),
  );
  assert.ok(tenon.registry.version("risk", version).evaluation.slices.length > 0);
  const { versions } = await get<{ versions: readonly { evaluation: { slices: unknown[]; metrics: object } }[] }>(
    "/models/risk",
    other,
  );
  assert.deepEqual([versions.length, versions.flatMap(({ evaluation }) => evaluation.slices)], [3, []]);
  assert.ok(versions.every(({ evaluation }) => Object.keys(evaluation.metrics).length > 0));
});
