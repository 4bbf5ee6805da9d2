import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { silentLogger } from "../../src/base/log.ts";
import { type Running, startTenon } from "../../src/run.ts";
import type { VersionQuality } from "../../src/service/watch/live-quality.ts";
import { shopConfig, trainTwoVersions } from "../start-app.ts";

const predictions = 1_200;
const matureMs = 8 * 86_400_000;

interface Made {
  readonly id: string;
  readonly score: number;
  readonly refunded: boolean;
}

/** Predicts for payments that come in afterwards; those beyond some sum are refunded within the hour, most of the time. */
async function predictAndLabel({ tenon }: Running, tenant: number): Promise<Made[]> {
  const at = tenon.clock.nowMs();
  const made: Made[] = [];
  for (let i = 0; i < predictions; i++) {
    const cents = (i * 131) % 2_000;
    const input = { id: `l${i}`, at, account: `h${i % 9}`, cents, country: "DE" };
    const { answer } = await tenon.predict(tenant, "risk", input);
    made.push({ id: input.id, score: Number(answer.score), refunded: cents > 1_100 ? i % 11 !== 0 : i % 13 === 0 });
  }
  const payments = made.map(({ id }, i) => ({ id, at, account: `h${i % 9}`, cents: (i * 131) % 2_000, country: "DE" }));
  await tenon.ingest(tenant, "payment", payments);
  tenon.clock.advanceTo(at + 60_000);
  const refunds = made
    .filter(({ refunded }) => refunded)
    .map(({ id }) => ({ id: `r${id}`, at: at + 30_000, payment: id, account: "h1", cents: 1 }));
  await tenon.ingest(tenant, "refund", refunds);
  tenon.clock.advanceTo(at + matureMs);
  assert.ok(await tenon.applier.waitFor(tenon.log.lastSeq, 20_000));
  return made;
}

/** Once all labels are taken. */
async function qualityOf({ tenon }: Running): Promise<VersionQuality> {
  for (let tries = 0; tries < 1_600; tries++) {
    tenon.tick();
    const [quality] = tenon.quality[0]!.summaries(performance.now() + tries * 2_000);
    if (quality !== undefined && quality.labelled === predictions) return quality;
    await wait(25);
  }
  throw new Error("the labels did not come");
}

/** By pairs, as AUC is defined. */
function expectedOf(made: readonly Made[]) {
  let pairs = 0;
  let won = 0;
  for (const a of made.filter(({ refunded }) => refunded))
    for (const b of made.filter(({ refunded }) => !refunded)) {
      pairs++;
      won += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0;
    }
  const mean = (of: (one: Made) => number): number => made.reduce((sum, one) => sum + of(one), 0) / made.length;
  return {
    auc: won / pairs,
    logLoss: mean(({ score, refunded }) => -Math.log(refunded ? score : 1 - score)),
    brier: mean(({ score, refunded }) => (score - Number(refunded)) ** 2),
    positiveRate: mean(({ refunded }) => Number(refunded)),
  };
}

test("late labels give each version's quality, and a restart knows it again from the prediction log", {
  timeout: 120_000,
}, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "tenon-test-"));
  t.after(async () => {
    await running.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const configFile = join(dir, "tenon.config.ts");
  writeFileSync(configFile, shopConfig);
  const start = () => startTenon({ configFile, dataDir: join(dir, "data"), logger: silentLogger });
  let running = await start();
  const tenant = await running.tenon.metadata.tenant("acme");
  await trainTwoVersions(running, "acme");
  const made = await predictAndLabel(running, tenant);
  const before = await qualityOf(running);
  const expected = expectedOf(made);
  for (const name of ["auc", "logLoss", "brier", "positiveRate"] as const)
    assert.ok(Math.abs(before[name]! - expected[name]) < 1e-12, `${name}: ${before[name]} is not ${expected[name]}`);
  assert.equal(before.version, 1);
  assert.equal(before.history.length, 2);
  await running.close();

  running = await start();
  const after = await qualityOf(running);
  assert.deepEqual({ ...after, waiting: 0 }, { ...before, waiting: 0 });
});
