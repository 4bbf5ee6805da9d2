import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
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

test("a lane of a short window begins where reads reach: what lies before is neither read nor kept", () => {
  const place = join(dir, "short");
  mkdirSync(join(place, "log"), { recursive: true });
  const log = new LogWriter(join(place, "log"), 1);
  const [hourMs, days, perDay] = [3_600_000, 30, 240];
  const short = appOf(
    payment,
    features("short", account, { n: payment.count().over("1h"), paid: payment.sum("cents").over("1h") }),
  );
  const endMs = beginMs + days * 24 * hourMs;
  for (let day = 0; day < days; day++) {
    const items = Array.from({ length: perDay }, (_, i): LogItem => {
      const receivedAtMs = beginMs + (day + i / perDay) * 24 * hourMs;
      bytes.clear();
      encoder.encode([`a${i % 40}`, i, "c"], bytes);
      // Every fortieth is history that was imported: it happened long before its day.
      const atMs = i % 40 === 7 ? receivedAtMs - 15 * 24 * hourMs : receivedAtMs;
      const times = { atMs, receivedAtMs, imported: atMs !== receivedAtMs };
      return { tenant: 1, topic: 1, id: `${day}-${i}`, ...times, payload: bytes.finish() };
    });
    log.append(items, beginMs + (day + 1) * 24 * hourMs - 1, []);
  }
  const fill = (name: string, fillEntriesMin: number) => {
    const writer = new LmdbOnlineWriter(join(place, name));
    const reader = new SqliteLogReader(join(place, "log"));
    const costs = new UpdateCosts(
      () => 0,
      () => 0,
    );
    const bounds = { fillEntriesMin, fillReadMax: 100, fillBytesMax: 1_000_000, fillKeysMax: 9, fillRowsMax: 400 };
    const applier = new Applier(reader, writer, costs, bounds);
    applier.setPlans([appOf(payment).plan], catalogue);
    while (applier.step());
    applier.setPlans([short.plan], catalogue);
    let read = 0;
    const after = reader.after.bind(reader);
    reader.after = (seq, limit) => {
      const entries = after(seq, limit);
      read += entries.length;
      return entries;
    };
    while (applier.step());
    assert.deepEqual(applier.state.filling, {});
    reader.close();
    writer.close();
    return read;
  };
  const [inTurn, byKey] = [fill("in turn", 1_000_000), fill("by key", 100)];
  // A day of travel and seven of lateness before the last hour, of thirty.
  assert.ok(byKey <= (10 / days) * inTurn, `${byKey} of ${inTurn} entries were read`);
  const valuesAt = (name: string, atMs: number) => {
    const online = new LmdbOnlineReader(join(place, name), laneStrides(short.plan), () => 1);
    const parts = { app: short, build: "b", online, coverage: new Coverage(), nowMs: () => 0 };
    const serving = new Serving({ ...parts, appliedSeq: () => log.lastSeq });
    const keys = Array.from({ length: 40 }, (_, i) => ({ account: `a${i}` }));
    const terms = { seqMax: undefined, asOf: "corrected", columns: undefined, brief: true } as const;
    const { rows, belowFloor } = readFeatures(serving, 1, { set: "short", keys, atMs, ...terms });
    online.close();
    return { belowFloor, values: rows.map(({ values }) => values) };
  };
  for (const back of [0, 1, 20, 24, 7 * 24])
    assert.deepEqual(valuesAt("by key", endMs - back * hourMs), valuesAt("in turn", endMs - back * hourMs));
  assert.equal(
    valuesAt("by key", endMs - 9 * 24 * hourMs).belowFloor,
    true,
    "what was passed over is read from the log",
  );
  log.close();
});
