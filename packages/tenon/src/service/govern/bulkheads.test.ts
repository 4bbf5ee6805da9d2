import assert from "node:assert/strict";
import { test } from "node:test";
import { Bulkhead, type BulkheadBounds } from "./bulkhead.ts";
import { Turns } from "./turns.ts";

const bounds = { concurrency: 100, queue: 100, share: 1, priority: "normal" } as const;

/** Turns that pass when the test says so. */
function turning() {
  let nowMs = 0;
  let coming: (() => void)[] = [];
  const o = { nowMs: () => nowMs, later: (turn: () => void) => void coming.push(turn) };
  const turns = new Turns(o);
  return {
    make: (name: string, more: Partial<BulkheadBounds> = {}) =>
      new Bulkhead(name, { ...bounds, ...more }, { turns, nowMs: o.nowMs, isLow: false }),
    pass: async () => {
      const now = coming;
      coming = [];
      for (const turn of now) turn();
      await Promise.resolve();
      return now.length > 0;
    },
    wait: (ms: number) => {
      nowMs += ms;
    },
  };
}

test("alone, every call begins at once", () => {
  const { make, wait } = turning();
  const risk = make("risk");
  risk.enter();
  wait(101);
  for (let i = 0; i < 50; i++) assert.equal(risk.enter(), true);
  assert.equal(risk.underWay, 51);
});

test("beside another one begins in a turn, and more of them in later ones", async () => {
  const { make, pass, wait } = turning();
  const [flood, quiet] = [make("flood"), make("quiet")];
  const begun: string[] = [];
  const ask = (one: Bulkhead): void => {
    if (one.enter()) begun.push(one.name);
    else void one.wait(1_000).then(() => begun.push(one.name));
  };
  for (let i = 0; i < 10; i++) ask(flood);
  assert.deepEqual(begun, ["flood"]);
  wait(1);
  ask(quiet);
  assert.deepEqual(begun, ["flood", "quiet"], "what was not asked in this turn begins at once");
  await pass();
  assert.ok(flood.waiting > 0);
  ask(quiet);
  assert.equal(begun.at(-1), "quiet");
  while (await pass());
  assert.equal(begun.length, 12);
  assert.equal(flood.counts.waited, 9);
});

test("the thread is shared by shares, whatever a call costs and however many wait", async () => {
  const { make, pass } = turning();
  const cost = { a: 1, b: 10, c: 1 } as const;
  const one = { a: make("a"), b: make("b"), c: make("c", { share: 2 }) };
  const spent = { a: 0, b: 0, c: 0 };
  const keepAsking = (name: keyof typeof cost): void => {
    const begin = (): void => {
      spent[name] += cost[name];
      one[name].spend(cost[name]);
      one[name].leave();
      keepAsking(name);
    };
    void one[name].wait(60_000).then(begin);
  };
  for (const name of ["a", "b", "c"] as const) for (let i = 0; i < 20; i++) keepAsking(name);
  for (let i = 0; i < 5_000; i++) await pass();
  const total = spent.a + spent.b + spent.c;
  // Taking a call counts too, so that cheap calls have a little less.
  assert.ok(Math.abs(spent.a / total - 0.25) < 0.03, JSON.stringify(spent));
  assert.ok(Math.abs(spent.b / total - 0.25) < 0.03, JSON.stringify(spent));
  assert.ok(Math.abs(spent.c / total - 0.5) < 0.03, JSON.stringify(spent));
});

test("who was away for long has saved nothing up", async () => {
  const { make, pass } = turning();
  const [busy, back] = [make("busy"), make("back")];
  const begun: string[] = [];
  const keepAsking = (one: Bulkhead): void => {
    const begin = (): void => {
      begun.push(one.name);
      one.spend(1);
      one.leave();
      keepAsking(one);
    };
    void one.wait(60_000).then(begin);
  };
  for (let i = 0; i < 5; i++) keepAsking(busy);
  for (let i = 0; i < 1_000; i++) await pass();
  for (let i = 0; i < 5; i++) keepAsking(back);
  begun.length = 0;
  for (let i = 0; i < 100; i++) await pass();
  const of = begun.filter((name) => name === "back").length;
  assert.ok(Math.abs(of / begun.length - 0.5) < 0.1, `${of} of ${begun.length}`);
});

test("beyond its places calls wait, and beyond its queue they are refused", async () => {
  const { make, pass } = turning();
  const slow = make("slow", { concurrency: 1, queue: 2 });
  assert.equal(slow.enter(), true);
  assert.equal(slow.enter(), false);
  const first = slow.wait(60_000);
  const second = slow.wait(60_000);
  assert.throws(() => slow.wait(60_000), { code: "prediction.busy", retryAfterMs: 1_000 });
  while (await pass());
  assert.deepEqual([slow.underWay, slow.waiting, slow.counts.shed], [1, 2, 1]);
  slow.leave();
  while (await pass());
  await first;
  assert.deepEqual([slow.underWay, slow.waiting], [1, 1]);
  slow.leave();
  while (await pass());
  await second;
  slow.leave();
  assert.deepEqual([slow.underWay, slow.waiting], [0, 0]);
});

test("who waits for a place of its own keeps no other from the thread", async () => {
  const { make, pass, wait } = turning();
  const [slow, fast] = [make("slow", { concurrency: 1 }), make("fast")];
  assert.equal(slow.enter(), true);
  const waiting = slow.wait(60_000);
  while (await pass());
  fast.enter();
  wait(101);
  for (let i = 0; i < 50; i++) assert.equal(fast.enter(), true);
  slow.leave();
  while (await pass());
  await waiting;
});

test("a call that waited for its whole budget begins, and says how long that was", async () => {
  const turns = new Turns({ nowMs: () => performance.now(), later: setImmediate });
  const slow = new Bulkhead(
    "slow",
    { ...bounds, concurrency: 1 },
    { turns, nowMs: () => performance.now(), isLow: false },
  );
  assert.equal(slow.enter(), true);
  const held = setInterval(() => {}, 1_000);
  const waitedMs = await slow.wait(20);
  clearInterval(held);
  assert.ok(waitedMs >= 19, String(waitedMs));
  assert.deepEqual([slow.underWay, slow.waiting], [2, 0]);
});
