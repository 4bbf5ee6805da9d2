import type { Tenon } from "../../service/tenon.ts";

/** Nanoseconds of the parts of one request. */
export interface InferenceTimes {
  readonly inputNs: number;
  readonly inferNs: number;
  readonly outputNs: number;
}

/** What the calls of these protocols came to, for one tenant and one version since the start. */
class InferenceStatistics {
  #lastMs = 0;
  #rows = 0;
  #succeeded = 0;
  #failed = 0;
  #failedNs = 0;
  readonly #ns = { input: 0, infer: 0, output: 0 };

  succeed(rows: number, { inputNs, inferNs, outputNs }: InferenceTimes, nowMs: number): void {
    this.#lastMs = nowMs;
    this.#rows += rows;
    this.#succeeded++;
    this.#ns.input += inputNs;
    this.#ns.infer += inferNs;
    this.#ns.output += outputNs;
  }

  fail(ns: number): void {
    this.#failed++;
    this.#failedNs += ns;
  }

  /** Wire: Triton's statistics extension. Nothing queues here, and nothing is cached. */
  describe(name: string, version: string): object {
    const part = (ns: number): object => ({ count: this.#succeeded, ns: Math.round(ns) });
    const none = { count: 0, ns: 0 };
    const { input, infer, output } = this.#ns;
    return {
      name,
      version,
      last_inference: this.#lastMs,
      inference_count: this.#rows,
      execution_count: this.#succeeded,
      inference_stats: {
        success: part(input + infer + output),
        fail: { count: this.#failed, ns: Math.round(this.#failedNs) },
        queue: part(0),
        compute_input: part(input),
        compute_infer: part(infer),
        compute_output: part(output),
        cache_hit: none,
        cache_miss: none,
      },
      batch_stats: [],
    };
  }
}

const ofApp = new WeakMap<Tenon, Map<string, InferenceStatistics>>();

/** The figures of one version of a prediction, for one tenant: others never see them. */
export function statisticsOf(tenon: Tenon, tenant: number, name: string, version: string): InferenceStatistics {
  const all = ofApp.get(tenon) ?? new Map<string, InferenceStatistics>();
  ofApp.set(tenon, all);
  const key = `${tenant}/${name}/${version}`;
  const found = all.get(key) ?? new InferenceStatistics();
  all.set(key, found);
  return found;
}
