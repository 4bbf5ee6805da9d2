import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ByteWriter } from "../../src/base/bytes.ts";
import { randomBelow, seededRandom } from "../../src/base/random.ts";
import { LmdbOnlineReader } from "../../src/drivers/lmdb/online-reader.ts";
import { LmdbOnlineWriter } from "../../src/drivers/lmdb/online-writer.ts";
import { SqliteLogReader } from "../../src/drivers/sqlite/log-reader.ts";
import { LogWriter } from "../../src/drivers/sqlite/log-writer.ts";
import { c, defineApp, embedded, entity, event, features } from "../../src/index.ts";
import { compileApp } from "../../src/plan/compile.ts";
import type { CompiledApp } from "../../src/plan/plan.ts";
import { RowEncoder } from "../../src/plan/row-codec.ts";
import type { LogItem } from "../../src/ports/event-log.ts";
import { Applier } from "../../src/service/materialize/applier.ts";
import { encodeRetraction } from "../../src/service/materialize/event-decoder.ts";
import { UpdateCosts } from "../../src/service/materialize/update-costs.ts";
import { Coverage } from "../../src/service/predict/coverage.ts";
import { readFeatures } from "../../src/service/predict/read-features.ts";
import { laneStrides, Serving } from "../../src/service/predict/serving.ts";

const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer(), country: c.text() });
const spend = features("spend", account, { paid: payment.sum("cents").over("1h", "2d", "lifetime") });
const where = features("where", account, {
  country: payment.last("country").over("1d"),
  all: payment.distinct("country").over("2d"),
});
const appOf = (...use: Parameters<typeof defineApp>[0]["use"]): CompiledApp =>
  compileApp(defineApp({ name: "fill", tenancy: "none", stores: { dev: () => embedded() }, use }));
const [before, app] = [appOf(payment, spend), appOf(payment, spend, where)];
const columns = app.plan.events[0].columns;
const catalogue = { topics: { payment: 1, "retracted:payment": 2 }, schemas: [{ id: 1, event: "payment", columns }] };

const dir = mkdtempSync(join(tmpdir(), "tenon-fill-"));
after(() => rmSync(dir, { recursive: true, force: true }));

const beginMs = Date.parse("2026-01-01T00:00:00Z");
const accounts = 90;
const seed = Number(process.env.TENON_SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = seededRandom(seed);
const encoder = new RowEncoder(columns, 1);
const bytes = new ByteWriter();
let sent = 0;

/** Payments, some of them late; a few are taken back. */
function append(log: LogWriter, count: number): void {
  const items: LogItem[] = [];
  const paid: { readonly seq: number; readonly payload: Uint8Array; readonly atMs: number }[] = [];
  for (let i = 0; i < count; i++) {
    const receivedAtMs = beginMs + sent++ * 20_000;
    const atMs = receivedAtMs - (random() < 0.2 ? randomBelow(random, 86_400_000) : 0);
    const back = random() < 0.02 ? paid[randomBelow(random, Math.max(1, paid.length))] : undefined;
    bytes.clear();
    encoder.encode(
      [`a${Math.floor(accounts * random() ** 3)}`, randomBelow(random, 1_000), `c${randomBelow(random, 30)}`],
      bytes,
    );
    const payload = back === undefined ? bytes.finish() : encodeRetraction(back);
    if (back === undefined) paid.push({ seq: log.lastSeq + i + 1, payload, atMs });
    items.push({
      tenant: 1,
      topic: back === undefined ? 1 : 2,
      id: String(sent),
      atMs: back?.atMs ?? atMs,
      receivedAtMs,
      imported: false,
      payload,
    });
  }
  log.append(items, beginMs + sent * 20_000, []);
}

/** Every value of every account at some times. */
function valuesOf(onlineDir: string, seq: number): unknown {
  const online = new LmdbOnlineReader(onlineDir, laneStrides(app.plan), () => 1);
  const serving = new Serving({
    app,
    build: "b",
    online,
    coverage: new Coverage(),
    nowMs: () => 0,
    appliedSeq: () => seq,
  });
  const keys = Array.from({ length: accounts }, (_, i) => ({ account: `a${i}` }));
  const endMs = beginMs + sent * 20_000;
  const read = ["spend", "where"].map((set) =>
    [0, 3_600_000, 20 * 3_600_000].map(
      (back) =>
        readFeatures(serving, 1, {
          set,
          keys,
          atMs: endMs - back,
          seqMax: undefined,
          asOf: "corrected",
          columns: undefined,
          brief: false,
        }).rows,
    ),
  );
  online.close();
  return read;
}

test(`lanes that are filled key by key have what those have that took every entry in its turn, over kills and new events (seed ${seed})`, () => {
  const log = new LogWriter(join(dir, "log"), 1);
  append(log, 6_000);
  const bounds = { fillEntriesMin: 500, fillReadMax: 700, fillBytesMax: 400_000, fillKeysMax: 7, fillRowsMax: 400 };
  const open = (name: string, plan = app.plan) => {
    const writer = new LmdbOnlineWriter(join(dir, name));
    const reader = new SqliteLogReader(join(dir, "log"));
    const applier = new Applier(
      reader,
      writer,
      new UpdateCosts(
        () => 0,
        () => 0,
      ),
      bounds,
    );
    applier.setPlans([plan], catalogue);
    return { applier, close: () => [reader.close(), writer.close()] };
  };
  // The set comes when most of the log has been taken.
  const first = open("filled", before.plan);
  while (first.applier.step());
  first.close();
  let kills = 0;
  let steps = 0;
  for (let isDone = false; !isDone; ) {
    const { applier, close } = open("filled");
    const stepsMax = 1 + randomBelow(random, 20);
    for (let step = 0; step < stepsMax && !isDone; step++) {
      if (random() < 0.05 && sent < 9_000) append(log, 40);
      isDone = !applier.step();
      steps++;
    }
    if (isDone) assert.deepEqual(applier.state.filling, {});
    else kills++;
    close();
  }
  assert.ok(kills > 0 && steps > 20, `${kills} kills, ${steps} steps`);
  const whole = open("whole");
  while (whole.applier.step());
  whole.close();
  assert.deepEqual(valuesOf(join(dir, "filled"), log.lastSeq), valuesOf(join(dir, "whole"), log.lastSeq));
  log.close();
});
