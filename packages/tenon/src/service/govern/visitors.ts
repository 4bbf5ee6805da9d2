import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { Caller } from "./api-keys.ts";

interface Bucket {
  calls: number;
  atMs: number;
}

const minuteMs = 60_000;

/**
 * Counts the calls of each visitor under each published key, and of each secret key that has a quota: a bucket of a
 * minute's calls, which fills evenly. It is bounded, and forgets who was longest away.
 */
export class Visitors {
  readonly #buckets = new Map<string, Bucket>();
  readonly #nowMs: () => number;
  readonly #max: number;

  constructor(nowMs: () => number, max: number = limit.visitorsMax) {
    this.#nowMs = nowMs;
    this.#max = max;
  }

  /** @throws key.visitor, key.quota with the time after which one more call is free */
  admit({ keyId, publishable, callsPerMinute: ofKey }: Caller, address: string): void {
    const callsPerMinute = publishable?.callsPerMinute ?? ofKey;
    if (callsPerMinute === undefined) return;
    const visitor = publishable === undefined ? keyId : `${keyId} ${address}`;
    const nowMs = this.#nowMs();
    const known = this.#buckets.get(visitor) ?? { calls: callsPerMinute, atMs: nowMs };
    const filled = known.calls + (Math.max(0, nowMs - known.atMs) / minuteMs) * callsPerMinute;
    const calls = Math.min(callsPerMinute, filled);
    this.#put(visitor, { calls: calls >= 1 ? calls - 1 : calls, atMs: nowMs });
    if (calls >= 1) return;
    const retryAfterMs = Math.ceil(((1 - calls) / callsPerMinute) * minuteMs);
    const code = publishable === undefined ? "key.quota" : "key.visitor";
    const whose = publishable === undefined ? "the key" : "a visitor";
    throw new TenonError(code, `${whose} has ${callsPerMinute} calls a minute`, { retryAfterMs });
  }

  /** Behind all others: who is first was longest away. */
  #put(visitor: string, bucket: Bucket): void {
    this.#buckets.delete(visitor);
    const oldest = this.#buckets.size >= this.#max ? this.#buckets.keys().next().value : undefined;
    if (oldest !== undefined) this.#buckets.delete(oldest);
    this.#buckets.set(visitor, bucket);
  }
}
