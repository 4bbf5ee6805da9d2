import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { TenonError } from "../../src/base/error.ts";
import { silentLogger } from "../../src/base/log.ts";
import { randomBelow, seededRandom } from "../../src/base/random.ts";
import { CallQueue } from "../../src/drivers/oip/call-queue.ts";
import { ProcessRuntime, type ProcessRuntimeOptions } from "../../src/drivers/oip/process-runtime.ts";
import type { ColumnPlan } from "../../src/plan/plan.ts";
import type { LoadedModel, ModelColumns } from "../../src/ports/model-runtime.ts";

const column = (name: string, type: ColumnPlan["type"]): ColumnPlan => ({
  ...{ name, type, nullable: false, personal: false, scale: 0, values: [], to: undefined },
});
const signature = {
  name: "victim",
  input: [column("word", "text")],
  output: [column("echo", "text"), column("pid", "integer"), column("together", "integer")],
};

const runtime = (more: Partial<ProcessRuntimeOptions> = {}) =>
  new ProcessRuntime({
    command: [process.execPath, "victim-model.mjs"],
    cwd: import.meta.dirname,
    env: {},
    pythonPath: "",
    processes: 1,
    startTimeoutMs: 20_000,
    queueMax: 100,
    random: Math.random,
    logger: silentLogger,
    ...more,
  });

/** A loaded model that goes with the test. */
async function started(more: Partial<ProcessRuntimeOptions> = {}): Promise<LoadedModel & AsyncDisposable> {
  const model = await runtime(more).load(signature);
  return Object.assign(Object.create(model), {
    digest: model.digest,
    predict: model.predict.bind(model),
    close: model.close.bind(model),
    [Symbol.asyncDispose]: () => model.close(),
  });
}

const ask = async (model: LoadedModel, words: readonly string[], ms = 10_000): Promise<ModelColumns> =>
  model.predict([words], words.length, { signal: AbortSignal.timeout(ms) });
const codeOf = (model: LoadedModel, words: readonly string[], ms?: number): Promise<string> =>
  ask(model, words, ms).then(
    () => "ok",
    ({ code }: TenonError) => code,
  );
const pidOf = async (model: LoadedModel): Promise<number> => Number((await ask(model, ["a"]))[1]?.[0]);
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const gone = async (pid: number): Promise<void> => {
  for (let i = 0; i < 400 && isAlive(pid); i++) await sleep(25);
  assert.equal(isAlive(pid), false, "the process is gone");
};

test("rows keep their order and owner; calls that wait together are asked as one", async () => {
  await using model = await started();
  const first = ask(model, ["wait 100"]);
  const others = Array.from({ length: 20 }, (_, i) => ask(model, [`a${i}`, `b${i}`]));
  assert.deepEqual((await first)[0], ["wait 100"]);
  for (const [i, other] of (await Promise.all(others)).entries()) {
    assert.deepEqual(other[0], [`a${i}`, `b${i}`]);
    assert.deepEqual(other[2], [40, 40], "all of them in one call");
  }
});

test("a process that crashes costs the calls that it had; the next ones are answered by another", async () => {
  await using model = await started();
  const before = await pidOf(model);
  assert.equal(await codeOf(model, ["crash"]), "model.failed");
  let after = "model.failed";
  for (let i = 0; i < 200 && after !== "ok"; i++) {
    after = await codeOf(model, ["a"]);
    await sleep(10);
  }
  assert.equal(after, "ok");
  assert.notEqual(await pidOf(model), before);
});

test("a row that the model cannot take fails its own call, and not those that were asked with it", async () => {
  await using model = await started();
  const first = ask(model, ["wait 100"]);
  await sleep(20);
  const codes = await Promise.all([codeOf(model, ["a"]), codeOf(model, ["refuse", "b"]), codeOf(model, ["c"])]);
  assert.deepEqual(codes, ["ok", "model.failed", "ok"]);
  await first;
});

test("where it cannot be started its last words are told", async () => {
  await assert.rejects(runtime({ env: { VICTIM_REFUSES: "1" } }).load(signature), (thrown: TenonError) => {
    assert.equal(thrown.code, "model.unloadable");
    assert.match(thrown.message, /it ended with 3; it said: no weights here/);
    return true;
  });
  await assert.rejects(runtime({ command: ["no-such-program"] }).load(signature), /it cannot be started: .*ENOENT/);
  await assert.rejects(
    runtime({ command: [process.execPath, "-e", "setInterval(() => {}, 1000)"], startTimeoutMs: 300 }).load(signature),
    /it was not ready in time/,
  );
});

test("who does not wait any longer is let go; a process that hangs is followed by another", async () => {
  await using model = await started();
  const before = await pidOf(model);
  for (let i = 0; i < 3; i++) assert.equal(await codeOf(model, ["hang"], 100), "model.late");
  await gone(before);
  let after = "";
  for (let i = 0; i < 400 && after !== "ok"; i++) {
    after = await codeOf(model, ["a"], 1_000);
    await sleep(10);
  }
  assert.equal(after, "ok");
});

test("a call that is let go while it waits does not disturb those behind it", async () => {
  await using model = await started();
  const first = ask(model, ["wait 200"]);
  await sleep(20);
  const leaving = codeOf(model, ["never"], 50);
  const staying = ask(model, ["here"]);
  assert.equal(await leaving, "model.late");
  assert.deepEqual((await staying).slice(0, 1), [["here"]]);
  assert.deepEqual((await staying)[2], [1], "who left is not asked for");
  await first;
});

test("more calls than its queue holds are refused at once", async () => {
  await using model = await started({ queueMax: 2 });
  const first = ask(model, ["wait 300"]);
  await sleep(20);
  const codes = await Promise.all([1, 2, 3, 4].map((i) => codeOf(model, [String(i)])));
  assert.deepEqual(codes, ["ok", "ok", "model.busy", "model.busy"]);
  await first;
});

test("without a call for a while it is stopped, and the next call starts it", async () => {
  await using model = await started({ idleStopMs: 50 });
  const before = await pidOf(model);
  await gone(before);
  assert.notEqual(await pidOf(model), before);
});

test("a process that holds too much memory is replaced without a failed call", async () => {
  await using model = await started({ memoryMb: 250 });
  const before = await pidOf(model);
  assert.equal(await codeOf(model, ["grow"]), "ok");
  const codes = new Set<string>();
  for (let i = 0; i < 600 && isAlive(before); i++) {
    codes.add(await codeOf(model, ["a"]));
    await sleep(10);
  }
  assert.equal(isAlive(before), false);
  assert.deepEqual([...codes], ["ok"]);
  assert.notEqual(await pidOf(model), before);
});

test("also where calls wait for it all the time", async () => {
  await using model = await started({ memoryMb: 250 });
  const before = await pidOf(model);
  assert.equal(await codeOf(model, ["grow"]), "ok");
  const codes = new Set<string>();
  const until = performance.now() + 10_000;
  const caller = async (): Promise<void> => {
    while (isAlive(before) && performance.now() < until) codes.add(await codeOf(model, ["a"]));
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  assert.equal(isAlive(before), false);
  assert.deepEqual([...codes], ["ok"]);
});

test("several processes answer beside each other", async () => {
  await using model = await started({ processes: 2 });
  const [slow, quick] = await Promise.all([ask(model, ["wait 300"]), sleep(30).then(() => ask(model, ["a"]))]);
  assert.notEqual(slow[1]?.[0], quick[1]?.[0]);
});

test("closed, it leaves no process and no socket behind", async () => {
  const sockets = () => readdirSync(tmpdir()).filter((name) => name.startsWith("tenon-model-"));
  const before = new Set(sockets());
  const model = await runtime().load(signature);
  const pid = await pidOf(model);
  const own = sockets().filter((name) => !before.has(name));
  assert.ok(own.length >= 1);
  const last = codeOf(model, ["wait 100"]);
  await Promise.all([model.close(), model.close()]);
  assert.equal(isAlive(pid), false);
  assert.notEqual(await last, undefined);
  assert.equal(await codeOf(model, ["a"]), "model.unloadable");
});

test("it sees what the configuration gives it, and none of the app's own environment", async () => {
  process.env.TENON_TEST_SECRET = "word";
  const script = `require("node:http").createServer((q, r) => r.end(q.url.endsWith("/infer")
    ? JSON.stringify({ outputs: [{ name: "echo", shape: [1], datatype: "BYTES", data: [String(process.env.TENON_TEST_SECRET) + process.env.GIVEN] },
        { name: "pid", shape: [1], datatype: "INT64", data: [1] }, { name: "together", shape: [1], datatype: "INT64", data: [1] }] })
    : "{}")).listen(process.env.TENON_SOCKET); process.stdin.on("end", () => process.exit(0)).resume()`;
  await using model = await started({ command: [process.execPath, "-e", script], env: { GIVEN: "here" } });
  assert.deepEqual((await ask(model, ["a"]))[0], ["undefinedhere"]);
});

test("of calls that were asked together and failed, those that were let go are not asked again", async () => {
  const queue = new CallQueue({ callsMax: 2, rowsMax: 10 });
  const leaving = new AbortController();
  const calls = [new AbortController(), leaving].map(({ signal }, i) => queue.add([[i]], 1, signal));
  const batch = queue.take();
  leaving.abort();
  await assert.rejects(calls[1]!);
  assert.deepEqual(
    batch?.parts.map(({ input }) => input),
    [[[0]]],
  );
  batch?.parts[0]?.succeed([["answer"]]);
  assert.deepEqual(await calls[0], [["answer"]]);
});

test("batched = unbatched for random calls, sizes and abortions, whatever the order of answers", async () => {
  const seed = Number(process.env.TENON_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = seededRandom(seed);
  for (let round = 0; round < 300; round++) {
    const rowsMax = 1 + randomBelow(random, 20);
    const queue = new CallQueue({ callsMax: 50, rowsMax });
    let next = 0;
    const calls = Array.from({ length: 1 + randomBelow(random, 30) }, () => {
      const rows = Array.from({ length: 1 + randomBelow(random, 6) }, () => next++);
      const leaving = new AbortController();
      const answer = queue.add([rows, rows.map(String)], rows.length, leaving.signal).then(
        (output) => output,
        ({ code }: TenonError) => code,
      );
      return { rows, leaving, answer, leaves: random() < 0.2 };
    });
    const leaveSome = (): void => {
      for (const { leaving, leaves } of calls) if (leaves && random() < 0.3) leaving.abort();
    };
    leaveSome();
    for (let batch = queue.take(); batch !== undefined; batch = queue.take()) {
      assert.equal(batch.input[0]?.length, batch.rowCount, `seed ${seed}`);
      assert.ok(batch.rowCount <= Math.max(rowsMax, 6), `seed ${seed}`);
      batch.succeed(batch.input.map((column) => column.map((value) => `${value}!`)));
      leaveSome();
    }
    for (const { rows, answer, leaving } of calls) {
      const found = await answer;
      if (found === "model.late") assert.ok(leaving.signal.aborted, `seed ${seed}`);
      else assert.deepEqual(found, [rows.map((row) => `${row}!`), rows.map((row) => `${row}!`)], `seed ${seed}`);
    }
  }
});
