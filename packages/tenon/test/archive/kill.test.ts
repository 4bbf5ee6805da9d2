import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { randomBelow, seededRandom } from "../../src/base/random.ts";
import type { EventLogReader } from "../../src/ports/event-log.ts";
import { logPlacesOf, openWholeLog } from "../../src/run/whole-log.ts";
import { appFolder, dayName, digestOf, entriesOn, ingestDays } from "./days-app.ts";
import { payloadOf } from "./victim-payload.ts";

const seed = Number(process.env.TENON_SEED ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env.TENON_KILL_ROUNDS ?? 8);

/** Reads on from a position to the end; every entry is the next one and whole. */
function follow(log: EventLogReader, from: number, limit: number, stopAfter = Number.POSITIVE_INFINITY): number {
  for (let seq = from; ; ) {
    const entries = log.after(seq, limit);
    if (entries.length === 0 || seq - from > stopAfter) return seq;
    for (const entry of entries) {
      assert.equal(entry.seq, ++seq, `seed ${seed}: positions follow each other`);
      assert.deepEqual([entry.id, entry.topic], [`e${seq}`, 1 + (seq % 2)]);
      assert.ok(Buffer.from(entry.payload).equals(payloadOf(entry.id)), `seed ${seed}: the payload of ${entry.id}`);
    }
  }
}

test(`every acknowledged entry is read exactly once from log and archive, over ${rounds} kills while days are archived (seed ${seed})`, {
  timeout: 10 * 60_000,
}, async () => {
  const random = seededRandom(seed);
  const dir = await mkdtemp(join(tmpdir(), "tenon-archive-kill-"));
  let acknowledged = 0;
  for (let round = 0; round < rounds; round++) {
    const child = fork(fileURLToPath(new URL("./victim.ts", import.meta.url)), [dir], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    // A round that fails leaves no child behind: the test's process would wait for it.
    using _ = { [Symbol.dispose]: () => void child.kill("SIGKILL") };
    const gone = new Promise((resolve) => child.once("exit", resolve));
    let first: () => void = () => {};
    const started = new Promise<void>((resolve) => {
      first = resolve;
    });
    child.on("message", (lastSeq: number) => {
      acknowledged = Math.max(acknowledged, lastSeq);
      first();
    });
    await started;
    const endMs = performance.now() + 100 + randomBelow(random, 2_500);
    // One reader follows the newest entries, as the applier does; another reads from the start, as a rebuild does.
    const newest = openWholeLog(logPlacesOf(dir));
    const all = openWholeLog(logPlacesOf(dir));
    let at = follow(newest, 0, 1_000);
    let allAt = 0;
    while (performance.now() < endMs) {
      at = follow(newest, at, 1 + randomBelow(random, 400));
      allAt = follow(all, allAt, 1_000, 500);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    newest.close();
    all.close();
    child.kill("SIGKILL");
    await gone;
    const log = openWholeLog(logPlacesOf(dir));
    const read = follow(log, 0, 1_000);
    log.close();
    assert.ok(
      read >= acknowledged,
      `seed ${seed}, round ${round}: ${acknowledged} were acknowledged, ${read} are there`,
    );
  }
  const days = readdirSync(join(dir, "archive"));
  assert.ok(days.length > rounds, `only ${days.length} days were archived`);
  await rm(dir, { recursive: true, force: true });
});

test("whatever an interrupted archiving left is made whole by the next one: files without a manifest, a manifest beside its segment, damaged files, half a removal", {
  timeout: 60_000,
}, async (t) => {
  const { dir, start } = await appFolder(t);
  let running = await start();
  await ingestDays(running, { from: 0, to: 12, perDay: 40 });
  await running.tenon.applier.waitFor(running.tenon.log.lastSeq, 20_000);
  const before = digestOf(entriesOn(dir));
  const logDir = join(dir, "data/log");
  const kept = join(dir, "kept");
  await running.close();
  mkdirSync(kept);
  // A segment is a table and what SQLite keeps beside it.
  const isOldest = (name: string): boolean => /\.db(-wal)?$/.test(name) && name.slice(17, 27) < dayName(4);
  const oldest = readdirSync(logDir).filter(isOldest);
  for (const name of oldest) copyFileSync(join(logDir, name), join(kept, name));
  const partial = join(dir, "data/archive", dayName(0));
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, "1-payment.parquet"), "PAR1 and no more");
  writeFileSync(join(partial, "manifest.json.tmp"), "{");
  running = await start();
  await running.archive();
  assert.deepEqual(readdirSync(join(dir, "data/archive")).sort(), [0, 1, 2, 3].map(dayName));
  assert.deepEqual(digestOf(entriesOn(dir)), before, "files without a manifest are written anew");
  await running.close();

  for (const name of oldest) copyFileSync(join(kept, name), join(logDir, name));
  const archived = readdirSync(join(dir, "data/archive", dayName(1))).find((name) => name.endsWith(".parquet"))!;
  writeFileSync(join(dir, "data/archive", dayName(1), archived), "damaged");
  assert.deepEqual(digestOf(entriesOn(dir)), before, "what is in both is read once");
  running = await start();
  await running.archive();
  assert.ok(oldest.every((name) => !readdirSync(logDir).includes(name)));
  assert.deepEqual(digestOf(entriesOn(dir)), before, "a damaged file is written anew while the log has its entries");
  await running.close();

  const orphan = `${oldest.find((name) => name.endsWith(".db"))}-wal`;
  writeFileSync(join(logDir, orphan), "left");
  running = await start();
  assert.ok(!readdirSync(logDir).includes(orphan), "half a removal is ended");
  assert.deepEqual(digestOf(entriesOn(dir)), before);
  await running.close();
});
