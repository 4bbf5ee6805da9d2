import assert from "node:assert/strict";
import { test } from "node:test";
import { TenonError } from "../../base/error.ts";
import type { Caller } from "./api-keys.ts";
import { CallQuotas } from "./call-quotas.ts";

const caller = (keyId: string, callsPerMinute: number): Caller => ({
  ...{ tenant: 1, tenantName: "shop", scopes: ["predict"], keyId },
  publishable: { predictions: ["risk"], origins: ["https://shop.example.com"], callsPerMinute },
});

const refused = (quotas: CallQuotas, one: Caller, address: string): number | undefined => {
  try {
    quotas.admit(one, address);
    return undefined;
  } catch (thrown) {
    assert.ok(thrown instanceof TenonError && thrown.code === "key.visitor");
    return thrown.retryAfterMs;
  }
};

test("a visitor has a minute's calls, then one at a time; others are not touched", () => {
  let nowMs = 0;
  const quotas = new CallQuotas(() => nowMs);
  const key = caller("k", 4);
  const calls = (address: string) => [1, 2, 3, 4, 5].map(() => refused(quotas, key, address));
  assert.deepEqual(calls("a"), [undefined, undefined, undefined, undefined, 15_000]);
  assert.equal(refused(quotas, key, "b"), undefined, "another visitor");
  assert.equal(refused(quotas, caller("other", 4), "a"), undefined, "another key");
  nowMs = 14_999;
  assert.equal(refused(quotas, key, "a"), 1);
  nowMs = 15_000;
  assert.equal(refused(quotas, key, "a"), undefined);
  nowMs = 10_000_000;
  assert.deepEqual(calls("a"), [undefined, undefined, undefined, undefined, 15_000], "not more than a minute's");
});

test("who was longest away is forgotten, and a clock that goes back fills nothing", () => {
  let nowMs = 0;
  const quotas = new CallQuotas(() => nowMs, 2);
  const key = caller("k", 1);
  for (const address of ["a", "b", "a"]) refused(quotas, key, address);
  assert.equal(refused(quotas, key, "c"), undefined);
  assert.equal(refused(quotas, key, "a"), 60_000, "it was there a moment ago");
  assert.equal(refused(quotas, key, "b"), undefined, "it was forgotten");
  nowMs = -60_000;
  assert.equal(refused(quotas, key, "b"), 60_000);
});

test("a secret key has no such bound, but for a quota of its own, wherever it is used", () => {
  const quotas = new CallQuotas(() => 0);
  const { publishable: _, ...secret } = caller("k", 1);
  for (let i = 0; i < 10; i++) quotas.admit(secret, "a");
  const counted = { ...secret, callsPerMinute: 2 };
  quotas.admit(counted, "a");
  quotas.admit(counted, "b");
  assert.throws(() => quotas.admit(counted, "c"), { code: "key.quota", message: "the key has 2 calls a minute" });
});

test("a tenant's quota is of all its keys together, beside those of the keys", () => {
  const quotas = new CallQuotas(() => 0);
  const of = (keyId: string, tenantName: string): Caller => ({
    ...{ tenant: 1, tenantName, scopes: ["predict"], keyId, callsPerMinute: 2, tenantCallsPerMinute: 3 },
  });
  const codes = [...["k1", "k1", "k1", "k2", "k2"].map((keyId) => of(keyId, "shop")), of("k3", "bakery")].map((one) => {
    try {
      quotas.admit(one, "");
      return "ok";
    } catch (thrown) {
      assert.ok(thrown instanceof TenonError);
      return thrown.code;
    }
  });
  assert.deepEqual(codes, ["ok", "ok", "key.quota", "ok", "tenant.quota", "ok"]);
});
