import assert from "node:assert/strict";
import { test } from "node:test";
import { readFeatures, readRows } from "../../src/service/predict/read-features.ts";
import { rowText } from "../../src/service/predict/row-text.ts";
import { startApp } from "../start-app.ts";

const config = `import { c, defineApp, embedded, entity, event, features } from "tenon";
const account = entity("account");
const visit = event("visit", { account: c.ref(account), page: c.text(), price: c.decimal(2).nullable(), when: c.time().nullable(), gift: c.flag().nullable() });
const seen = features("seen", account, {
  n: visit.count().over("1d"), paid: visit.sum("price").over("1d"), mean: visit.mean("price").over("1d"), page: visit.last("page").over("1d"), 
  first: visit.first("when").over("1d"), gift: visit.last("gift").over("1d"), pages: visit.lastN("page", 3).over("1d"), top: visit.topK("page", 2).over("1d"), by: visit.sum("price").by("page").over("1d"), none: visit.min("price").over("1d") });
export const app = defineApp({ name: "texts", tenancy: "none", stores: { dev: () => embedded() }, use: [visit, seen] });
`;

test("a row that is written as text is what the row made as an object is as JSON", async () => {
  await using app = await startApp(config);
  const { tenon } = app.running;
  const tenant = await tenon.metadata.tenant("default");
  const at = tenon.clock.nowMs() - 1_000;
  const rows = ['"quoted"\n\u2028', "Ünïcode", "plain", "plain"].map((page, i) => ({
    account: 'a"1',
    page,
    at: at + i,
    price: i === 2 ? 0.1 : -0.25 * i,
    when: at,
    gift: i % 2 === 0,
  }));
  await tenon.ingest(tenant, "visit", [...rows, { account: "a2", page: "", at }]);
  await tenon.applier.waitFor(tenon.log.lastSeq, 5_000);
  const keys = ['a"1', "a2", "nobody"].map((account) => ({ account }));
  const shared = { set: "seen", keys, atMs: tenon.clock.nowMs(), seqMax: undefined, asOf: "served" } as const;
  for (const brief of [true, false])
    for (const columns of [undefined, ["top_1d", "n_1d"], []]) {
      const query = { ...shared, columns, brief };
      const made = readFeatures(tenon.serving, tenant, query).rows.map((row) => JSON.stringify(row));
      assert.deepEqual(readRows(tenon.serving, tenant, query, rowText).rows, made);
    }
});
