import assert from "node:assert/strict";
import { test } from "node:test";
import { startApp } from "../start-app.ts";

const config = `import { c, defineApp, embedded, entity, event, features, table } from "tenon";
const account = entity("account");
const shop = entity("shop", { key: c.integer() });
const payment = event("payment", { account: c.ref(account), shop: c.ref(shop) });
const visit = event("visit", { account: c.ref(account) });
const plan = table("plan", { account: c.ref(account), seats: c.integer() });
const paid = features("paid", account, { n: payment.count().over("lifetime") });
const seen = features("seen", account, { n: visit.count().over("lifetime") });
const sold = features("sold", shop, { n: payment.count().over("lifetime") });
export const app = defineApp({ name: "keys", tenancy: "required", stores: { dev: () => embedded() }, use: [payment, visit, plan, paid, seen, sold] });
`;

test("an entity's keys are listed page by page, over all that is known of it, and of one tenant alone", async () => {
  await using app = await startApp(config);
  const [acme, other] = [await app.key("acme"), await app.key("other")];
  const send = async (key: string, path: string, body: unknown): Promise<string> => {
    const { status, body: answer } = await app.call(path === "/tables/plan" ? "PUT" : "POST", path, { key, body });
    assert.equal(status, 202, JSON.stringify(answer));
    return answer.position;
  };
  // Above U+FFFF, UTF-8 and UTF-16 have another order.
  const odd = ["ﬁ", "😀", "é", "z", "a/b c&d"];
  const payers = [...Array.from({ length: 30 }, (_, i) => `a${i}`), ...odd];
  const visitors = Array.from({ length: 30 }, (_, i) => `a${i + 20}`);
  await send(
    acme,
    "/events/payment",
    payers.map((account, i) => ({ id: `p${i}`, account, shop: i % 3 })),
  );
  await send(
    acme,
    "/events/visit",
    visitors.map((account, i) => ({ id: `v${i}`, account })),
  );
  await send(other, "/events/visit", [{ id: "v", account: "secret" }]);
  const after = await send(acme, "/tables/plan", [
    { account: "a3", seats: 1 },
    { account: "a44", seats: 1 },
    { account: "only plan", seats: 1 },
  ]);
  await app.call("POST", "/features/paid", { key: acme, body: { keys: [], after } });

  const pages = async (path: string): Promise<{ keys: unknown[]; sizes: number[] }> => {
    const keys: unknown[] = [];
    const sizes: number[] = [];
    for (let next: string | null = ""; next !== null; ) {
      const page = await app.call("GET", `${path}${next === "" ? "" : `&after=${encodeURIComponent(next)}`}`, {
        key: acme,
      });
      assert.equal(page.status, 200);
      keys.push(...page.body.keys);
      sizes.push(page.body.keys.length);
      next = page.body.next;
    }
    return { keys, sizes };
  };
  const expected = [...new Set([...payers, ...visitors, "only plan"])];
  const { keys, sizes } = await pages("/entities/account/keys?limit=7");
  assert.deepEqual(
    keys,
    expected.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
  assert.deepEqual(Math.max(...sizes), 7);
  assert.deepEqual((await pages("/entities/shop/keys?limit=2")).keys, [0, 1, 2]);
  assert.deepEqual((await pages("/entities/account/keys?limit=7&while=plan")).keys, ["a3", "a44", "only plan"]);

  const reader = await app.key("acme", "predict");
  assert.equal((await app.call("GET", "/entities/account/keys", { key: reader })).status, 403);
  for (const [path, code] of [
    ["/entities/acount/keys", "entity.unknown"],
    ["/entities/account/keys?limit=0", "field.type"],
    ["/entities/account/keys?limit=1001", "field.type"],
    ["/entities/account/keys?while=paid", "table.unknown"],
    ["/entities/shop/keys?while=plan", "table.unknown"],
  ])
    assert.equal((await app.call("GET", path!, { key: acme })).body.code, code);
});
