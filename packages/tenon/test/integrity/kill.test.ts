import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { silentLogger } from "../../src/base/log.ts";
import { randomBelow, seededRandom } from "../../src/base/random.ts";
import { SqliteLogReader } from "../../src/drivers/sqlite/log-reader.ts";
import { startTenon } from "../../src/run.ts";
import { readFeatures } from "../../src/service/predict/read-features.ts";
import { shopConfig } from "../start-app.ts";

const seed = Number(process.env.TENON_SEED ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env.TENON_KILL_ROUNDS ?? 15);
const accounts = 5;

interface Victim {
  readonly child: ChildProcess;
  readonly url: string;
  readonly key: string;
  readonly live: number | null;
}

function startVictim(dir: string): Promise<Victim> {
  const child = fork(
    fileURLToPath(new URL("./victim.ts", import.meta.url)),
    [join(dir, "tenon.config.ts"), join(dir, "data")],
    {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    },
  );
  return new Promise((resolve, reject) => {
    child.once("message", (told: Omit<Victim, "child">) => resolve({ child, ...told }));
    child.once("exit", (code) => reject(new Error(`the app did not open its directory again: exit ${code}`)));
  });
}

test(`every acknowledged event is in the log and in the features exactly once, and every promotion happened or not, over ${rounds} kills (seed ${seed})`, {
  timeout: 20 * 60_000,
}, async () => {
  const random = seededRandom(seed);
  const dir = await mkdtemp(join(tmpdir(), "tenon-kill-"));
  await writeFile(join(dir, "tenon.config.ts"), shopConfig);
  const acknowledged = new Set<string>();
  const sent = new Map<string, string>();
  let mayBeLive: readonly (number | null)[] = [1];
  for (let round = 0; round < rounds; round++) {
    const victim = await startVictim(dir);
    assert.ok(mayBeLive.includes(victim.live), `round ${round}: live is ${victim.live}, expected one of ${mayBeLive}`);
    mayBeLive = [victim.live];
    let alive = true;
    const post = async (path: string, body: unknown): Promise<{ status: number } | undefined> => {
      try {
        const response = await fetch(`${victim.url}${path}`, {
          method: "POST",
          headers: { authorization: `Bearer ${victim.key}`, "content-type": "application/json" },
          body: JSON.stringify(body),
        });
        await response.text();
        return response;
      } catch {
        return undefined;
      }
    };
    const sender = async (name: string): Promise<void> => {
      for (let i = 0; alive; i++) {
        const events = Array.from({ length: 1 + randomBelow(random, 30) }, (_, j) => ({
          id: `${round}-${name}-${i}-${j}`,
          account: `a${randomBelow(random, accounts)}`,
          cents: 1,
        }));
        for (const event of events) sent.set(event.id, event.account);
        const answer = await post("/events/payment", events);
        if (answer?.status === 202) for (const event of events) acknowledged.add(event.id);
      }
    };
    const promoter = async (): Promise<void> => {
      while (alive) {
        const version = 1 + randomBelow(random, 2);
        mayBeLive = [...mayBeLive, version];
        const answer = await post(`/models/risk/versions/${version}/promote?force=true`, {});
        if (answer?.status === 200) mayBeLive = [version];
      }
    };
    const working = [sender("x"), sender("y"), promoter()];
    await new Promise((resolve) => setTimeout(resolve, 30 + randomBelow(random, 700)));
    const gone = new Promise((resolve) => victim.child.once("exit", resolve));
    victim.child.kill("SIGKILL");
    await gone;
    alive = false;
    await Promise.all(working);
  }
  assert.ok(acknowledged.size > rounds * 20, `only ${acknowledged.size} events were acknowledged`);
  await verify(dir, acknowledged, sent);
  await rm(dir, { recursive: true, force: true });
});

async function verify(
  dir: string,
  acknowledged: ReadonlySet<string>,
  sent: ReadonlyMap<string, string>,
): Promise<void> {
  const running = await startTenon({
    configFile: join(dir, "tenon.config.ts"),
    dataDir: join(dir, "data"),
    logger: silentLogger,
  });
  const { tenon } = running;
  const tenant = await tenon.metadata.tenant("acme");
  const logged = new Map<string, number>();
  const reader = new SqliteLogReader(join(dir, "data", "log"));
  for (let seq = 0; ; ) {
    const entries = reader.after(seq, 10_000);
    if (entries.length === 0) break;
    for (const entry of entries) {
      assert.ok(entry.seq > seq, "positions grow");
      seq = entry.seq;
      if (entry.tenant === tenant && entry.topic === tenon.catalogue.topics.payment)
        logged.set(entry.id, (logged.get(entry.id) ?? 0) + 1);
    }
  }
  reader.close();
  for (const id of acknowledged)
    assert.equal(logged.get(id), 1, `seed ${seed}: the acknowledged ${id} is ${logged.get(id) ?? 0} times in the log`);
  for (const [id, count] of logged)
    assert.ok(count === 1 && sent.has(id), `seed ${seed}: ${id} is ${count} times in the log`);
  assert.ok(await tenon.applier.waitFor(tenon.log.lastSeq, 20_000));
  const expected = new Map<string, number>();
  for (const id of logged.keys()) expected.set(sent.get(id)!, (expected.get(sent.get(id)!) ?? 0) + 1);
  const keys = [...expected.keys()].map((account) => ({ account }));
  const { rows } = readFeatures(tenon.serving, tenant, {
    set: "spend",
    keys,
    atMs: tenon.clock.nowMs() + 1,
    seqMax: undefined,
    asOf: "corrected",
    columns: undefined,
    brief: true,
  });
  for (const { key, values } of rows)
    assert.equal(
      values.payments_lifetime,
      expected.get(String(key.account)),
      `seed ${seed}: features of ${key.account}`,
    );
  await running.close();
}
