import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { Priority } from "../../define/prediction.ts";

export interface AdmissionBounds {
  readonly callsMax: number;
  /** Of one key: it leaves room for the others. */
  readonly callsOfKeyMax: number;
}

const retryAfterMs = 1_000;
/** Of the calls that are taken at once, so many of each priority. */
const callsShare = { high: 1.1, normal: 1, low: 0.5 } as const;

/** Counts the calls that are under way, and refuses those beyond its bounds before anything of them is read. */
export class Admission {
  readonly #bounds: AdmissionBounds;
  readonly #ofKey = new Map<string, number>();
  #calls = 0;
  #shed = 0;

  constructor(bounds: AdmissionBounds = { callsMax: limit.callsMax, callsOfKeyMax: limit.callsOfKeyMax }) {
    this.#bounds = bounds;
  }

  get underWay(): number {
    return this.#calls;
  }

  /** Calls that were refused since the start. */
  get shed(): number {
    return this.#shed;
  }

  /**
   * A call begins; whoever begins it says when it ends. Those that can wait are refused first, those that cannot last.
   * @throws server.busy, key.busy
   */
  enter(keyId: string, priority: Priority = "normal"): void {
    const { callsOfKeyMax } = this.#bounds;
    const callsMax = this.#bounds.callsMax * callsShare[priority];
    const ofKey = this.#ofKey.get(keyId) ?? 0;
    if (this.#calls >= callsMax)
      throw this.#refused("server.busy", `${this.#calls} calls are under way, which is all that are taken at once`);
    if (ofKey >= callsOfKeyMax)
      throw this.#refused("key.busy", `${callsOfKeyMax} calls of the key are under way, which is all that one key has`);
    this.#calls++;
    this.#ofKey.set(keyId, ofKey + 1);
  }

  leave(keyId: string): void {
    this.#calls--;
    const left = (this.#ofKey.get(keyId) ?? 1) - 1;
    if (left > 0) this.#ofKey.set(keyId, left);
    else this.#ofKey.delete(keyId);
  }

  #refused(code: "server.busy" | "key.busy", message: string): TenonError {
    this.#shed++;
    return new TenonError(code, message, { retryAfterMs });
  }
}
