import assert from "node:assert/strict";
import { type Random, randomBelow } from "../../src/base/random.ts";
import type { Running } from "../../src/run.ts";
import { retractEvents } from "../../src/service/ingest/retract.ts";
import { drawReal } from "../../src/service/verify/draw-row.ts";
import type { PutPlan, SentThing } from "./brute-force.ts";

export type Tenon = Running["tenon"];

/** An example's row as the test sent it, and what became of it. */
export interface Asked {
  readonly id: string;
  readonly at: number;
  readonly a: string;
  readonly b: number;
  readonly worth: number;
}

/** How late a thing may be. */
const lateMs = 86_400_000;

const rowOf = ({ receivedAt: _, order: __, loggedBy: ___, retracted: ____, ...row }: SentThing): object => row;

/** What one tenant sent: late, out of order, twice, imported, taken back; and the rows that it put. */
export class History {
  readonly tenant: number;
  readonly things: SentThing[] = [];
  readonly asked: Asked[] = [];
  readonly puts: PutPlan[] = [];
  /** Ends of batches in the log: reads at these positions see whole batches. */
  readonly positions: number[] = [];
  readonly #random: Random;
  #examples = 0;

  constructor(random: Random, tenant: number) {
    this.#random = random;
    this.tenant = tenant;
  }

  async step(tenon: Tenon): Promise<void> {
    const random = this.#random;
    await this.#sendThings(tenon);
    if (random() < 0.2) await this.#retractSome(tenon);
    if (random() < 0.3) await this.#putPlans(tenon);
    await this.#ask(tenon);
    this.positions.push(tenon.log.lastSeq);
  }

  async #sendThings(tenon: Tenon): Promise<void> {
    const random = this.#random;
    const clock = tenon.clock.nowMs();
    const latencyMs = random() < 0.15 ? randomBelow(random, 3_600_000) : undefined;
    const drafts = Array.from({ length: 1 + randomBelow(random, 20) }, (_, i) =>
      this.#thing(clock, this.things.length + i, latencyMs),
    );
    // A repeat that came too late would be a dead letter.
    const repeated =
      this.things.length > 0 && random() < 0.3 ? [this.things[randomBelow(random, this.things.length)]] : [];
    const again = repeated.filter(({ at }) => latencyMs !== undefined || at >= clock - lateMs);
    const rows = [...again, ...drafts].map((thing) => rowOf(thing));
    const mode = latencyMs === undefined ? undefined : { latencyMs };
    const answer = await tenon.ingest(this.tenant, "thing", rows, mode);
    assert.equal(answer.accepted, drafts.length, JSON.stringify(answer.rejected[0]));
    assert.equal(answer.duplicate, again.length);
    this.things.push(...drafts.map((thing) => ({ ...thing, loggedBy: answer.lastSeq })));
  }

  #thing(clock: number, order: number, latencyMs: number | undefined): SentThing {
    const random = this.#random;
    const isLate = latencyMs !== undefined || random() < 0.2;
    // An import may be older than the event's lateness, which is a day.
    const lateMax = latencyMs === undefined ? 6 * 3_600_000 : 3 * 86_400_000;
    const at = isLate ? clock - randomBelow(random, lateMax) : clock - randomBelow(random, 3);
    return {
      id: `t${order}`,
      at,
      receivedAt: latencyMs === undefined ? clock : Math.min(at + latencyMs, clock),
      order,
      loggedBy: 0,
      a: `a${randomBelow(random, 3)}`,
      b: randomBelow(random, 40),
      whole: randomBelow(random, 2_000) - 1_000,
      money: random() < 0.2 ? null : randomBelow(random, 100_000) / 100,
      real: random() < 0.2 ? null : drawReal(random),
      word: random() < 0.2 ? null : `w${randomBelow(random, 30)}`,
      tier: random() < 0.2 ? null : ["free", "team", "pro"][randomBelow(random, 3)],
      when: random() < 0.2 ? null : new Date(clock - 1_000 * randomBelow(random, 50)).toISOString(),
      flag: random() < 0.5,
    };
  }

  /** Takes a few things back, some of them again. */
  async #retractSome(tenon: Tenon): Promise<void> {
    const pick = (): SentThing => this.things[randomBelow(this.#random, this.things.length)];
    const chosen = [...new Set([pick(), pick(), pick()])];
    const fresh = chosen.filter(({ retracted }) => retracted === undefined);
    const answer = await retractEvents(tenon, this.tenant, "thing", [...chosen.map(({ id }) => id), "nobody"]);
    assert.deepEqual(answer.unknown, ["nobody"]);
    assert.deepEqual([answer.retracted, answer.duplicate], [fresh.length, chosen.length - fresh.length]);
    for (const thing of fresh) thing.retracted = { at: tenon.clock.nowMs(), loggedBy: answer.lastSeq };
  }

  /** Puts a few rows, some for a time before, some at one time, some to take their key out. */
  async #putPlans(tenon: Tenon): Promise<void> {
    const random = this.#random;
    const clock = tenon.clock.nowMs();
    const fresh = Array.from({ length: 1 + randomBelow(random, 3) }, (_, i) => {
      const before = random() < 0.3 ? randomBelow(random, 3_600_000) : randomBelow(random, 2);
      const row = {
        tier: random() < 0.3 ? null : ["free", "team", "pro"][randomBelow(random, 3)],
        seats: randomBelow(random, 100),
        rate: randomBelow(random, 10_000) / 100,
        note: random() < 0.3 ? null : `n${randomBelow(random, 20)}`,
        since: new Date(clock - 1_000 * randomBelow(random, 50)).toISOString(),
        live: random() < 0.5,
      };
      const isDelete = random() < 0.15;
      const a = `a${randomBelow(random, 3)}`;
      const order = this.puts.length + i;
      return { a, validFrom: clock - before, receivedAt: clock, order, row: isDelete ? undefined : row };
    });
    const rows = fresh.map(({ a, validFrom, row }) => ({ a, validFrom, ...(row ?? { deleted: true }) }));
    const answer = await tenon.put(this.tenant, "plan", rows);
    assert.equal(answer.accepted, fresh.length, JSON.stringify(answer.rejected[0]));
    this.puts.push(...fresh);
  }

  /** Sends an example and its outcome; a few examples are taken back. */
  async #ask(tenon: Tenon): Promise<void> {
    const random = this.#random;
    const clock = tenon.clock.nowMs();
    const id = `q${this.#examples++}`;
    const spine = { id, at: clock, a: `a${randomBelow(random, 4)}`, b: randomBelow(random, 41) };
    await tenon.ingest(this.tenant, "asked", [spine]);
    const worth = randomBelow(random, 30);
    await tenon.ingest(this.tenant, "answer", [{ id: `r${id}`, at: clock, asked: id, worth }]);
    if (random() < 0.05) await retractEvents(tenon, this.tenant, "asked", [id]);
    else this.asked.push({ ...spine, worth });
  }
}
