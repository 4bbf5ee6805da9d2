import type { Running } from "tenon/run";
import { departureOf, type Flight, landingOf, readFlights } from "./flights.ts";

/** How often the replay catches up with the app clock. */
const stepMs = 100;
/** Sent again after a restart: ids make it harmless. */
const overlapMs = 6 * 3_600_000;
/** App time read ahead. */
const aheadMs = 24 * 3_600_000;
const endMs = Date.parse("2001-07-01T00:00:00Z");

/** Sends flights as the app clock reaches them: a departure is predicted for and recorded, its landing follows. */
export class Replay {
  readonly #running: Running;
  readonly #tenant: number;
  #departures: Flight[] = [];
  #landings: Flight[] = [];
  #readToMs: number;
  #reading = false;
  #stepping: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(running: Running, tenant: number) {
    this.#running = running;
    this.#tenant = tenant;
    this.#readToMs = running.tenon.clock.nowMs() - overlapMs;
  }

  start(): void {
    let busy = false;
    this.#timer = setInterval(() => {
      if (busy) return;
      busy = true;
      this.#stepping = this.#step().finally(() => {
        busy = false;
      });
    }, stepMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#stepping;
  }

  async #step(): Promise<void> {
    const { tenon } = this.#running;
    const nowMs = tenon.clock.nowMs();
    if (this.#readToMs < nowMs + aheadMs / 2) await this.#readAhead(nowMs + aheadMs);
    const departed = takeUntil(this.#departures, (flight) => flight.departedMs <= nowMs);
    const landed = takeUntil(this.#landings, (flight) => flight.landedMs <= nowMs);
    // Flights of the overlap were predicted for before the restart.
    for (const flight of departed)
      if (flight.departedMs > nowMs - 3_600_000) tenon.predict(this.#tenant, "delay", departureOf(flight));
    const sent = [
      tenon.ingest(this.#tenant, "departure", departed.map(departureOf)),
      tenon.ingest(this.#tenant, "landing", landed.map(landingOf)),
    ];
    const results = await Promise.allSettled(sent);
    for (const result of results)
      if (result.status === "rejected")
        tenon.logger.warn({ error: String(result.reason) }, "the replay could not send events");
  }

  async #readAhead(toMs: number): Promise<void> {
    if (this.#reading || this.#readToMs >= endMs) return;
    this.#reading = true;
    const fromMs = this.#readToMs;
    for await (const flights of readFlights(fromMs, Math.min(toMs, endMs))) {
      this.#departures.push(...flights);
      this.#landings.push(...flights);
    }
    this.#landings.sort((a, b) => a.landedMs - b.landedMs);
    this.#readToMs = toMs;
    this.#reading = false;
  }
}

function takeUntil(flights: Flight[], due: (flight: Flight) => boolean): Flight[] {
  const end = flights.findIndex((flight) => !due(flight));
  return flights.splice(0, end < 0 ? flights.length : end);
}
