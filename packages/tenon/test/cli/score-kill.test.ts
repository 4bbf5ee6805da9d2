// A scoring that is killed at any moment, and begun again by the same command, leaves each row once.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { seededRandom } from "../../src/base/random.ts";
import { begin, type Dev, type Ended, folder, startDev } from "./command-line.ts";
import { csvRows, goodAccounts, scoreConfig } from "./score-app.ts";

const rowCount = 4_000;
const seed = Number(process.env.TENON_SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = seededRandom(seed);
console.log(`TENON_SEED=${seed}`);

let at: Awaited<ReturnType<typeof folder>>;
let dev: Dev;
before(async () => {
  at = await folder();
  await writeFile(join(at.dir, "tenon.config.ts"), scoreConfig);
  await writeFile(join(at.dir, "rows.csv"), csvRows(rowCount));
  dev = await startDev(at.dir);
});
after(async () => {
  await dev?.stop();
  await at[Symbol.asyncDispose]();
});

const killsMax = 12;

/** Kills the command at times of the seed until it comes to its end; how often it was killed at work, and its end. */
async function killed(args: readonly string[]): Promise<{ readonly kills: number; readonly ended: Ended }> {
  for (let kills = 0; ; kills++) {
    const going = begin(at.dir, ["score", ...args, "--json"]);
    if (kills >= killsMax) return { kills, ended: await going.ended };
    // Some kills come before it has begun, most while it scores or hands over.
    const first = await Promise.race([going.ended, wait(350 + random() * 900)]);
    if (first !== undefined) return { kills, ended: first };
    going.child.kill("SIGKILL");
    const last = await going.ended;
    // It had told its end: it was only not gone yet.
    if (last.values.length > 0) return { kills, ended: last };
  }
}

async function rejectedLines(name: string): Promise<readonly number[]> {
  const text = await readFile(join(at.dir, name), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).line);
}

const wrongLines = Array.from({ length: rowCount / 10 }, (_, i) => i * 10 + 11);

test("a file has each row once, and its report each row that was refused", async () => {
  const { kills, ended } = await killed(["rule", "--for", "rows.csv", "--to", "out.ndjson", "--rate", "2000"]);
  assert.ok(kills >= 2, `${kills} kills`);
  const told = ended.values[0];
  assert.deepEqual([told.rows, told.scored, told.refused], [rowCount, rowCount * 0.9, rowCount * 0.1], ended.stderr);
  assert.ok(told.begunAtRow > 1, "it went on");
  const lines = (await readFile(join(at.dir, "out.ndjson"), "utf8")).trim().split("\n");
  const accounts = lines.map((line) => JSON.parse(line).account);
  assert.deepEqual(accounts, goodAccounts(rowCount));
  assert.deepEqual(await rejectedLines("out.ndjson.rejects.ndjson"), wrongLines);
  // Killed between its last word and its end, it leaves its folder, and the next day's scoring removes it.
  if (ended.code !== null) assert.deepEqual(readdirSync(join(at.dir, ".tenon/scores")), []);
  assert.deepEqual(
    readdirSync(at.dir).filter((name) => name.includes(".tmp")),
    [],
  );
});

test("a webhook gets each row under one key, with the same body for each try", async () => {
  const bodies = new Map<string, string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const key = String(request.headers["idempotency-key"]);
      const body = Buffer.concat(chunks).toString("utf8");
      assert.equal(bodies.get(key) ?? body, body, "a key has one body");
      bodies.set(key, body);
      // Long enough for kills between a delivery and its answer.
      setTimeout(() => response.writeHead(200).end(), 200);
    });
  });
  const url = await listening(server);
  process.env.KILL_SECRET = "s";
  const { kills, ended } = await killed([
    "rule",
    "--for",
    "rows.csv",
    "--to",
    url,
    "--secret-from-env",
    "KILL_SECRET",
    "--rate",
    "4000",
  ]);
  server.close();
  assert.ok(kills >= 2, `${kills} kills`);
  assert.equal(ended.values[0]?.scored, rowCount * 0.9, ended.stderr);
  const parts = [...bodies.values()].map((body) => JSON.parse(body)).sort((a, b) => a.firstRow - b.firstRow);
  assert.deepEqual(
    parts.flatMap(({ rows }) => rows.map(({ account }: { account: string }) => account)),
    goodAccounts(rowCount),
  );
});

test("a server that is stopped and started again is waited for", async () => {
  const going = begin(at.dir, [
    "score",
    "rule",
    "--for",
    "rows.csv",
    "--to",
    "again.ndjson",
    "--rate",
    "1000",
    "--json",
  ]);
  await wait(1_500);
  await dev.stop();
  await going.waitFor(/trying again/);
  dev = await startDev(at.dir);
  const { values, stderr } = await going.ended;
  assert.equal(values[0]?.scored, rowCount * 0.9, stderr);
  const lines = (await readFile(join(at.dir, "again.ndjson"), "utf8")).trim().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).account),
    goodAccounts(rowCount),
  );
});

test("two of the same scoring are not made at once", async () => {
  const args = ["score", "rule", "--for", "rows.csv", "--to", "two.ndjson", "--rate", "2000", "--json"];
  const first = begin(at.dir, args);
  await wait(1_200);
  const second = await begin(at.dir, args).ended;
  assert.match(second.stderr, /data\.locked/);
  assert.equal((await first.ended).values[0].scored, rowCount * 0.9);
});

/** Begins a scoring and kills it once some rows are scored; the folder that it left. */
async function leftBehind(args: readonly string[]): Promise<string> {
  const scores = join(at.dir, ".tenon/scores");
  const going = begin(at.dir, args);
  for (let place = 1; place < 1_000; ) {
    await wait(50);
    const [name] = existsSync(scores) ? readdirSync(scores) : [];
    const state = name === undefined ? "" : join(scores, name, "state.json");
    if (existsSync(state)) ({ row: place } = JSON.parse(await readFile(state, "utf8")).place);
  }
  going.child.kill("SIGKILL");
  await going.ended;
  return join(scores, readdirSync(scores)[0]!);
}

test("a scoring of another night is not gone on with", async () => {
  const args = ["score", "rule", "--for", "rows.csv", "--to", "old.ndjson", "--rate", "2000", "--json"];
  await rm(join(at.dir, ".tenon/scores"), { recursive: true, force: true });
  const file = join(await leftBehind(args), "state.json");
  const state = JSON.parse(await readFile(file, "utf8"));
  assert.ok(state.scored > 0);
  await writeFile(file, JSON.stringify({ ...state, begunAtMs: Date.now() - 13 * 3_600_000 }));
  const { values, stderr } = await begin(at.dir, args).ended;
  assert.deepEqual([values[0]?.begunAtRow, values[0]?.scored], [1, rowCount * 0.9], stderr);
});

test("rows of the version before the stop are scored anew where another answers", async () => {
  const args = ["score", "rule", "--for", "rows.csv", "--to", "version.ndjson", "--rate", "2000", "--json"];
  await leftBehind(args);
  await writeFile(join(at.dir, "tenon.config.ts"), scoreConfig.replace("(cents ?? 0) / 4", "(cents ?? 0) / 8"));
  const predict = async (): Promise<number> => {
    const { values } = await begin(at.dir, ["predict", "rule", '{"account":"a","cents":8}', "--json"]).ended;
    return values[0].score;
  };
  for (let tries = 0; (await predict()) !== 1 && tries < 50; tries++) await wait(100);
  const { values, stderr } = await begin(at.dir, args).ended;
  assert.match(stderr, /Another version answers/);
  assert.equal(values[0]?.scored, rowCount * 0.9, stderr);
  const lines = (await readFile(join(at.dir, "version.ndjson"), "utf8")).trim().split("\n");
  const rows = lines.map((line) => JSON.parse(line));
  assert.deepEqual(
    rows.map(({ account }) => account),
    goodAccounts(rowCount),
  );
  assert.ok(rows.every(({ cents, score }) => score === cents / 8));
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/scores`;
}
