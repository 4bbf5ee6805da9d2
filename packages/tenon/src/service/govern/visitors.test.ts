import assert from "node:assert/strict";
import { test } from "node:test";
import { TenonError } from "../../base/error.ts";
import type { Caller } from "./api-keys.ts";
import { Visitors } from "./visitors.ts";

const caller = (keyId: string, callsPerMinute: number): Caller => ({
  ...{ tenant: 1, tenantName: "shop", scopes: ["predict"], keyId },
  publishable: { predictions: ["risk"], origins: ["https://shop.example.com"], callsPerMinute },
});

const refused = (visitors: Visitors, one: Caller, address: string): number | undefined => {
  try {
    visitors.admit(one, address);
    return undefined;
  } catch (thrown) {
    assert.ok(thrown instanceof TenonError && thrown.code === "key.visitor");
    return thrown.retryAfterMs;
  }
};

test("a visitor has a minute's calls, then one at a time; others are not touched", () => {
  let nowMs = 0;
  const visitors = new Visitors(() => nowMs);
  const key = caller("k", 4);
  const calls = (address: string) => [1, 2, 3, 4, 5].map(() => refused(visitors, key, address));
  assert.deepEqual(calls("a"), [undefined, undefined, undefined, undefined, 15_000]);
  assert.equal(refused(visitors, key, "b"), undefined, "another visitor");
  assert.equal(refused(visitors, caller("other", 4), "a"), undefined, "another key");
  nowMs = 14_999;
  assert.equal(refused(visitors, key, "a"), 1);
  nowMs = 15_000;
  assert.equal(refused(visitors, key, "a"), undefined);
  nowMs = 10_000_000;
  assert.deepEqual(calls("a"), [undefined, undefined, undefined, undefined, 15_000], "not more than a minute's");
});

test("who was longest away is forgotten, and a clock that goes back fills nothing", () => {
  let nowMs = 0;
  const visitors = new Visitors(() => nowMs, 2);
  const key = caller("k", 1);
  for (const address of ["a", "b", "a"]) refused(visitors, key, address);
  assert.equal(refused(visitors, key, "c"), undefined);
  assert.equal(refused(visitors, key, "a"), 60_000, "it was there a moment ago");
  assert.equal(refused(visitors, key, "b"), undefined, "it was forgotten");
  nowMs = -60_000;
  assert.equal(refused(visitors, key, "b"), 60_000);
});

test("a secret key has no such bound, but for a quota of its own, wherever it is used", () => {
  const visitors = new Visitors(() => 0);
  const { publishable: _, ...secret } = caller("k", 1);
  for (let i = 0; i < 10; i++) visitors.admit(secret, "a");
  const counted = { ...secret, callsPerMinute: 2 };
  visitors.admit(counted, "a");
  visitors.admit(counted, "b");
  assert.throws(() => visitors.admit(counted, "c"), { code: "key.quota", message: "the key has 2 calls a minute" });
});
