import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { TenonError } from "../../src/base/error.ts";
import type { ArchivedDay } from "../../src/ports/archive.ts";
import type { Running } from "../../src/run.ts";
import { replayLogged } from "../../src/service/predict/logged.ts";
import { readFeatures } from "../../src/service/predict/read-features.ts";
import { shopConfig } from "../start-app.ts";
import { appFolder, dayMs, dayName, digestOf, entriesOn, firstDayMs, ingestDays } from "./days-app.ts";

const manifestOf = (dir: string, day: number): ArchivedDay =>
  JSON.parse(readFileSync(join(dir, "data/archive", dayName(day), "manifest.json"), "utf8"));
const segments = (dir: string): string[] => readdirSync(join(dir, "data/log")).filter((name) => name.includes(".db"));

async function features({ tenon }: Running): Promise<unknown> {
  const tenant = await tenon.metadata.tenant("acme");
  assert.ok(await tenon.applier.waitFor(tenon.log.lastSeq, 60_000), "the log is applied");
  const keys = Array.from({ length: 7 }, (_, i) => ({ account: `a${i}` }));
  const query = { set: "spend", keys, seqMax: undefined, columns: undefined, brief: false };
  return [0, 1, 3, 12].map((hoursAgo) =>
    readFeatures(tenon.serving, tenant, { ...query, atMs: tenon.clock.nowMs() - hoursAgo * 3_600_000, asOf: "served" }),
  );
}

const dataset = ({ tenon }: Running) => tenon.learner.dataset(tenon.learnRequest("risk", { rowsMax: 1_000_000 }));

test("archived days give the same entries, the same training set and, after a rebuild, the same features to the last bit", {
  timeout: 120_000,
}, async (t) => {
  const { dir, start } = await appFolder(t);
  let running = await start();
  await ingestDays(running, { from: 0, to: 12, perDay: 200 });
  const before = {
    features: await features(running),
    dataset: await dataset(running),
    entries: digestOf(entriesOn(dir)),
  };
  assert.ok(before.dataset.manifest.labelled > 500, "the training set has something to say");

  assert.deepEqual(
    await running.archive(),
    [0, 1, 2, 3].map(dayName),
    "a day goes once it is over for as long as the dedup horizon",
  );
  assert.deepEqual(await running.archive(), [], "and only once");
  assert.ok(
    segments(dir).every((name) => name.slice(17, 27) >= dayName(4)),
    `the log lets go of them: ${segments(dir)}`,
  );
  assert.deepEqual(digestOf(entriesOn(dir)), before.entries);
  assert.deepEqual(digestOf(entriesOn(dir, 7)), before.entries);
  assert.equal((await dataset(running)).snapshot, before.dataset.snapshot);
  assert.deepEqual(await features(running), before.features);

  await running.close();
  await rm(join(dir, "data/online"), { recursive: true });
  running = await start();
  assert.deepEqual(await features(running), before.features, "the rebuilt features are the same");
  assert.equal((await dataset(running)).snapshot, before.dataset.snapshot);
  await running.close();
});

test("a late event that comes after midnight belongs to its day of receipt; the manifest has the bounds of event time", {
  timeout: 60_000,
}, async (t) => {
  const { dir, start } = await appFolder(t);
  const running = await start();
  const tenant = await running.tenon.metadata.tenant("acme");
  const pay = (id: string, at: number) => running.tenon.ingest(tenant, "payment", [{ id, at, account: "a", cents: 1 }]);
  running.tenon.clock.advanceTo(firstDayMs + dayMs - 1_000);
  await pay("on-time", firstDayMs + dayMs - 2_000);
  running.tenon.clock.advanceTo(firstDayMs + dayMs + 1_000);
  await pay("late", firstDayMs + dayMs - 3_000);
  running.tenon.clock.advanceTo(firstDayMs + 20 * dayMs);
  await pay("now", running.tenon.clock.nowMs());
  await running.tenon.applier.waitFor(running.tenon.log.lastSeq, 10_000);
  assert.deepEqual(await running.archive(), [dayName(0), dayName(1)]);
  const [first, second] = [manifestOf(dir, 0), manifestOf(dir, 1)];
  assert.equal(first.rows, 1);
  assert.deepEqual(
    [second.rows, second.atMsMin, second.atMsMax],
    [1, firstDayMs + dayMs - 3_000, firstDayMs + dayMs - 3_000],
  );
  assert.deepEqual(
    second.topics.map(({ name, rows }) => ({ name, rows })),
    [{ name: "payment", rows: 1 }],
  );
  await running.close();
});

test("the newest day stays in the log however old it is, and a restart goes on from the right position", {
  timeout: 60_000,
}, async (t) => {
  const { dir, start } = await appFolder(t);
  let running = await start();
  await ingestDays(running, { from: 0, to: 2, perDay: 40 });
  const { lastSeq } = running.tenon.log;
  await running.tenon.applier.waitFor(lastSeq, 10_000);
  running.tenon.clock.advanceTo(firstDayMs + 40 * dayMs);
  assert.deepEqual(await running.archive(), [dayName(0)]);
  await running.close();
  running = await start();
  assert.equal(running.tenon.log.lastSeq, lastSeq);
  await ingestDays(running, { from: 41, to: 42, perDay: 40 });
  const entries = entriesOn(dir);
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    entries.map((_, i) => i + 1),
  );
  await running.close();
});

test("an id is a duplicate within the horizon and new beyond it, whatever has been archived", {
  timeout: 60_000,
}, async (t) => {
  const { dir, start } = await appFolder(t);
  let running = await start();
  const pay = async (id: string) => {
    const tenant = await running.tenon.metadata.tenant("acme");
    const row = { id, at: firstDayMs + 1, account: "a", cents: 1 };
    return (await running.tenon.ingest(tenant, "payment", [row], { latencyMs: 0 })).accepted;
  };
  for (let day = 0; day < 10; day++) {
    running.tenon.clock.advanceTo(firstDayMs + day * dayMs + 60_000);
    assert.equal(await pay(`d${day}`), 1);
  }
  for (let restarts = 0; restarts < 2; restarts++) {
    await running.tenon.applier.waitFor(running.tenon.log.lastSeq, 10_000);
    await running.archive();
    assert.ok(existsSync(join(dir, "data/archive", dayName(1), "manifest.json")));
    for (let day = 3; day < 10; day++) assert.equal(await pay(`d${day}`), 0, `d${day} is known`);
    assert.equal(await pay(`d${restarts}`), 1, "an archived id is past the horizon");
    assert.equal(await pay(`d${restarts}`), 0);
    await running.close();
    running = await start();
  }
  await running.close();
});

test("a new lane is filled from archived days", { timeout: 60_000 }, async (t) => {
  const { dir, start } = await appFolder(t);
  const running = await start();
  await ingestDays(running, { from: 0, to: 12, perDay: 80 });
  await running.tenon.applier.waitFor(running.tenon.log.lastSeq, 20_000);
  assert.equal((await running.archive()).length, 4);
  await writeFile(
    join(dir, "tenon.config.ts"),
    shopConfig.replace(
      'payments: payment.count().over("1h", "lifetime")',
      'payments: payment.count().over("1h", "lifetime"), refunds: refund.count().over("lifetime")',
    ),
  );
  const reloaded = await running.reload();
  assert.equal(reloaded.error, null);
  const refunds = entriesOn(dir).filter(({ topic }) => topic === running.tenon.catalogue.topics.refund).length;
  let counted = 0;
  for (let i = 0; i < 200 && counted !== refunds; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const tenant = await running.tenon.metadata.tenant("acme");
    const keys = Array.from({ length: 7 }, (_, key) => ({ account: `a${key}` }));
    const { rows } = readFeatures(running.tenon.serving, tenant, {
      set: "spend",
      keys,
      seqMax: undefined,
      columns: ["refunds_lifetime"],
      brief: true,
      atMs: running.tenon.clock.nowMs() + 1,
      asOf: "corrected",
    });
    counted = rows.reduce((sum, { values }) => sum + Number(values.refunds_lifetime ?? 0), 0);
  }
  assert.equal(counted, refunds);
  await running.close();
});

test("a damaged file of the archive is refused by its name; a training set is never made of what is left", {
  timeout: 60_000,
}, async (t) => {
  const { dir, start } = await appFolder(t);
  const running = await start();
  await ingestDays(running, { from: 0, to: 12, perDay: 80 });
  await running.tenon.applier.waitFor(running.tenon.log.lastSeq, 20_000);
  await running.archive();
  const file = join(dir, "data/archive", dayName(2), manifestOf(dir, 2).topics[0]!.file);
  const bytes = await readFile(file);
  bytes[Math.floor(bytes.length / 2)]! ^= 4;
  await copyFile(file, `${file}.good`);
  await writeFile(file, bytes);
  const names = (error: unknown): boolean =>
    error instanceof TenonError && error.code === "data.corrupt" && error.message.includes(file);
  assert.throws(() => entriesOn(dir), names);
  await assert.rejects(dataset(running), names);
  await copyFile(`${file}.good`, file);
  assert.ok((await dataset(running)).manifest.rows > 0);
  await running.close();
});

test("a prediction is found by its id, and made again to the bit, after its day has left the log", {
  timeout: 120_000,
}, async (t) => {
  const { start } = await appFolder(t);
  const running = await start();
  const { tenon } = running;
  const tenant = await tenon.metadata.tenant("acme");
  await ingestDays(running, { from: 0, to: 2, perDay: 40 });
  assert.ok(await tenon.applier.waitFor(tenon.log.lastSeq, 20_000));
  const made = await tenon.predict(tenant, "risk", {
    ...{
      id: "x",
      account: "a1",
      cents: 7,
      price: null,
      country: "DE",
      tier: null,
      when: null,
      ratio: null,
      gift: null,
    },
  });
  await ingestDays(running, { from: 2, to: 12, perDay: 40 });
  assert.ok((await running.archive()).length >= 2);
  const shown = await replayLogged(tenon, tenant, made.id, true);
  assert.deepEqual(shown.output, made.answer);
  assert.deepEqual([shown.replay?.same, shown.replay?.differences], [true, []]);
  const other = await tenon.metadata.tenant("other");
  await assert.rejects(replayLogged(tenon, other, made.id, false), { code: "prediction.unlogged" });
});
