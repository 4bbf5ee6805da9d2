/** Seconds of history that the overview charts. */
const secondsKept = 300;
/** Latency buckets: half a power of two each, from 1 µs. */
const bucketCount = 64;

export interface TrafficPoint {
  readonly atMs: number;
  readonly events: number;
  readonly predictions: number;
  readonly latencyMsP50: number | null;
  readonly latencyMsP99: number | null;
}

/** Counts a tenant's events and predictions by second of the machine's clock, with their latency. */
export class TenantTraffic {
  #events = 0;
  #predictions = 0;
  readonly #latency = new Uint32Array(bucketCount);
  readonly #latencyTotal = new Float64Array(bucketCount);
  readonly #points: TrafficPoint[] = [];
  eventsTotal = 0;
  predictionsTotal = 0;
  lateTotal = 0;

  countEvents({ accepted, late }: { readonly accepted: number; readonly late: number }): void {
    this.#events += accepted;
    this.eventsTotal += accepted;
    this.lateTotal += late;
  }

  countPrediction(latencyMs: number): void {
    this.#predictions++;
    this.predictionsTotal++;
    const bucket = Math.max(0, Math.min(bucketCount - 1, Math.floor(2 * Math.log2(latencyMs * 1_000 + 1e-9))));
    this.#latency[bucket]++;
    this.#latencyTotal[bucket]++;
  }

  /** Ends a second. */
  tick(nowMs: number): void {
    if (this.#points.length === 0 && this.#events + this.#predictions === 0) return;
    const point = {
      atMs: nowMs,
      events: this.#events,
      predictions: this.#predictions,
      latencyMsP50: quantile(this.#latency, 0.5),
      latencyMsP99: quantile(this.#latency, 0.99),
    };
    this.#points.push(point);
    if (this.#points.length > secondsKept) this.#points.shift();
    this.#events = 0;
    this.#predictions = 0;
    this.#latency.fill(0);
  }

  forgetPoints(): void {
    this.#points.length = 0;
  }

  /** Nothing came in for as long as points are kept. */
  get isIdle(): boolean {
    return this.#points.length === secondsKept && this.#points.every((point) => point.events + point.predictions === 0);
  }

  get points(): readonly TrafficPoint[] {
    return this.#points;
  }

  /** Counts by upper bound in seconds, cumulative: a Prometheus histogram. */
  latencyBuckets(): readonly { readonly leSeconds: number; readonly count: number }[] {
    let count = 0;
    return Array.from(this.#latencyTotal, (here, bucket) => {
      count += here;
      return { leSeconds: upperMs(bucket) / 1_000, count };
    });
  }
}

/** The traffic of every tenant that has some. */
export class Traffic {
  readonly #tenants = new Map<number, TenantTraffic>();

  of(tenant: number): TenantTraffic {
    let traffic = this.#tenants.get(tenant);
    if (traffic === undefined) {
      traffic = new TenantTraffic();
      this.#tenants.set(tenant, traffic);
    }
    return traffic;
  }

  /** Ends a second; the history of a tenant that rests is let go. */
  tick(nowMs: number): void {
    for (const traffic of this.#tenants.values()) {
      traffic.tick(nowMs);
      if (traffic.isIdle) traffic.forgetPoints();
    }
  }
}

const upperMs = (bucket: number): number => 2 ** ((bucket + 1) / 2) / 1_000;

function quantile(counts: Uint32Array, share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    seen += counts[bucket];
    if (seen >= share * total) return upperMs(bucket);
  }
  return null;
}
