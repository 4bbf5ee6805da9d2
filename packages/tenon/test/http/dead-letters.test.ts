import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type StartedApp, startApp } from "../start-app.ts";

let app: StartedApp;
let key: string;
before(async () => {
  app = await startApp();
  key = await app.key("acme");
});
after(() => app[Symbol.asyncDispose]());

// The event may be a day late.
const lateAt = Date.now() - 3 * 86_400_000;
const late = (id: string): object => ({ id, at: lateAt, account: "late", cents: 5 });
const track = (body: unknown) => app.call("POST", "/events/payment", { key, body });
const dead = async (as = key) => (await app.call("GET", "/events/payment/dead", { key: as })).body.letters;
const settle = async (how: "replay" | "drop", body: object) =>
  (await app.call("POST", `/events/payment/dead/${how}`, { key, body })).body;
const payments = async (after: string): Promise<number> => {
  const body = { keys: [{ account: "late" }], after, brief: true };
  return (await app.call("POST", "/features/spend", { key, body })).body.rows[0].values.payments_lifetime;
};

test("an event that comes too late is in no window, and is kept with the reason", async () => {
  const alone = await track(late("l1"));
  assert.deepEqual([alone.status, alone.body.accepted, alone.body.late], [202, 0, 1]);
  const among = await track([late("l2"), { id: "good", account: "late", cents: 7 }, { id: "bad" }]);
  assert.deepEqual([among.body.accepted, among.body.late, among.body.rejectedCount], [1, 1, 1]);
  assert.equal(await payments(among.body.position), 1);
  const letters = await dead();
  assert.deepEqual(
    letters.map(({ id, code, row }: { id: string; code: string; row: { cents: number } }) => [id, code, row.cents]),
    [
      ["l2", "event.late", 5],
      ["l1", "event.late", 5],
    ],
  );
  assert.match(letters[0].message, /3 d.* late; "payment" accepts 1 d/);
  assert.deepEqual(await dead(await app.key("other")), []);
  const metrics = await (await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${key}` } })).text();
  assert.match(metrics, /^tenon_events_late_total 2$/m);
});

test("a replay takes it in as of now, once; a drop is for good", async () => {
  const replayed = await settle("replay", { ids: ["l1", "l9"] });
  assert.deepEqual([replayed.replayed, replayed.unknown], [1, ["l9"]]);
  assert.equal(await payments(replayed.position), 2);
  assert.deepEqual((await settle("replay", { ids: ["l1"] })).unknown, ["l1"]);
  assert.deepEqual([(await settle("drop", { all: true })).dropped, (await dead()).length], [1, 0]);
  assert.equal((await settle("replay", { all: true })).replayed, 0);
});

test("a late repeat of an event that is there is a duplicate when it is replayed", async () => {
  await app.call("POST", "/events/payment?import=true", { key, body: late("twice") });
  assert.equal((await track(late("twice"))).body.late, 1);
  const { replayed, duplicate, position } = await settle("replay", { all: true });
  assert.deepEqual([replayed, duplicate], [0, 1]);
  assert.equal(await payments(position), 3);
});

test("what names no letters is refused", async () => {
  for (const body of [{}, { ids: "l1" }, { all: "yes" }])
    assert.equal((await settle("replay", body)).code, "field.type");
  const unknown = await app.call("GET", "/events/paymant/dead", { key });
  assert.equal(unknown.body.code, "event.unknown");
});
