import { type ErrorCode, TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { Caller } from "./api-keys.ts";

interface Bucket {
  calls: number;
  atMs: number;
}

const minuteMs = 60_000;

/**
 * Counts calls by the minute: of each visitor under each published key, of each secret key and of each tenant that has a
 * quota. Each has a bucket of a minute's calls, which fills evenly; who was longest away is forgotten.
 */
export class CallQuotas {
  readonly #buckets = new Map<string, Bucket>();
  readonly #nowMs: () => number;
  readonly #max: number;

  constructor(nowMs: () => number, max: number = limit.callBucketsMax) {
    this.#nowMs = nowMs;
    this.#max = max;
  }

  /**
   * Takes a call of whoever calls, from the address that a visitor is told apart by.
   * @throws key.visitor, key.quota, tenant.quota with the time after which one more call is free
   */
  admit({ keyId, publishable, callsPerMinute, tenantName, tenantCallsPerMinute }: Caller, address: string): void {
    if (publishable !== undefined)
      this.#take(`${keyId} ${address}`, publishable.callsPerMinute, "key.visitor", "a visitor");
    else if (callsPerMinute !== undefined) this.#take(keyId, callsPerMinute, "key.quota", "the key");
    if (tenantCallsPerMinute !== undefined)
      this.#take(`tenant ${tenantName}`, tenantCallsPerMinute, "tenant.quota", `tenant ${tenantName}`);
  }

  #take(whose: string, callsPerMinute: number, code: ErrorCode, who: string): void {
    const nowMs = this.#nowMs();
    const known = this.#buckets.get(whose) ?? { calls: callsPerMinute, atMs: nowMs };
    const filled = known.calls + (Math.max(0, nowMs - known.atMs) / minuteMs) * callsPerMinute;
    const calls = Math.min(callsPerMinute, filled);
    this.#put(whose, { calls: calls >= 1 ? calls - 1 : calls, atMs: nowMs });
    if (calls >= 1) return;
    const retryAfterMs = Math.ceil(((1 - calls) / callsPerMinute) * minuteMs);
    throw new TenonError(code, `${who} has ${callsPerMinute} calls a minute`, { retryAfterMs });
  }

  /** Behind all others: who is first was longest away. */
  #put(whose: string, bucket: Bucket): void {
    this.#buckets.delete(whose);
    const oldest = this.#buckets.size >= this.#max ? this.#buckets.keys().next().value : undefined;
    if (oldest !== undefined) this.#buckets.delete(oldest);
    this.#buckets.set(whose, bucket);
  }
}
