import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type ErrorCode, TenonError } from "../../src/base/error.ts";
import { silentLogger } from "../../src/base/log.ts";
import { rebuildOnline } from "../../src/run/rebuild-online.ts";
import { startTenon } from "../../src/run.ts";
import { shopConfig, startApp } from "../start-app.ts";

const isError = (code: ErrorCode) => (thrown: unknown) => thrown instanceof TenonError && thrown.code === code;

function folder(): { readonly dir: string; readonly configFile: string; readonly dataDir: string } {
  const dir = mkdtempSync(join(tmpdir(), "tenon-dir-"));
  writeFileSync(join(dir, "tenon.config.ts"), shopConfig);
  return { dir, configFile: join(dir, "tenon.config.ts"), dataDir: join(dir, "data") };
}

test("a second process on a data directory is refused with a clear message, and the first goes on", async () => {
  await using app = await startApp();
  const script = `import { startTenon } from ${JSON.stringify(new URL("../../src/run.ts", import.meta.url).href)};
    startTenon({ configFile: ${JSON.stringify(join(app.dir, "tenon.config.ts"))}, dataDir: ${JSON.stringify(app.running.dataDir)} })
      .then(() => process.exit(0), (error) => { console.log(error.code, error.message); process.exit(1); });`;
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script],
    {
      encoding: "utf8",
    },
  );
  assert.equal(status, 1);
  assert.match(stdout, /^data\.locked another process owns /);
  assert.equal((await app.call("GET", "/health/live")).status, 200);
});

test("a data directory of a newer format is refused", async () => {
  const { dir, configFile, dataDir } = folder();
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, "format.json"), JSON.stringify({ format: 999 }));
  await assert.rejects(startTenon({ configFile, dataDir, logger: silentLogger }), isError("data.newer"));
  rmSync(dir, { recursive: true });
});

test("what is stored goes on after a restart: keys, coverage, versions, the clock", async () => {
  const { dir, configFile, dataDir } = folder();
  const startMs = Date.parse("2026-01-01T00:00:00Z");
  const first = await startTenon({ configFile, dataDir, logger: silentLogger, clock: { startMs, rate: 60 } });
  const { key } = await first.tenon.keys.create({ tenant: "a", scopes: ["admin"], note: "" });
  const { tenant } = first.tenon.keys.authenticate(key);
  await first.tenon.ingest(tenant, "payment", [{ id: "p", account: "x", cents: 5 }]);
  await first.tenon.declareWhole(tenant, "payment", -1);
  await first.close();
  const second = await startTenon({ configFile, dataDir, logger: silentLogger });
  assert.equal(second.tenon.keys.authenticate(key).tenantName, "a");
  assert.equal(second.tenon.clock.rate, 60);
  assert.ok(
    second.tenon.clock.nowMs() >= startMs && second.tenon.clock.nowMs() < startMs + 3_600_000,
    "the replay's clock stood still while nothing ran",
  );
  assert.ok(second.tenon.coverage.coveredFromMs(tenant, "payment") < 0);
  const again = await second.tenon.ingest(tenant, "payment", [{ id: "p", account: "x", cents: 5 }]);
  assert.equal(again.accepted + again.duplicate, 1);
  await second.close();
  rmSync(dir, { recursive: true });
});

test("a configuration that does not compile is refused at the start with every mistake", async () => {
  const { dir, configFile, dataDir } = folder();
  writeFileSync(configFile, `${shopConfig}\nthrow new Error("no");`);
  await assert.rejects(startTenon({ configFile, dataDir, logger: silentLogger }), isError("config.unreadable"));
  writeFileSync(configFile, shopConfig.replace('"30d"', '"30x"').replace('"1h"', '"1y"'));
  await assert.rejects(
    startTenon({ configFile, dataDir, logger: silentLogger }),
    (thrown: unknown) => thrown instanceof TenonError && thrown.code === "config.invalid" && thrown.places.length >= 2,
  );
  rmSync(dir, { recursive: true });
});

const canMount = process.platform === "linux" && process.getuid?.() === 0;
const skip = canMount ? false : "a full disk needs a mount of its own, and that needs root";

test("on a full disk events are refused as such, nothing acknowledged is lost, and writing goes on when there is room", {
  skip,
  timeout: 120_000,
}, async () => {
  const { dir, configFile, dataDir } = folder();
  mkdirSync(dataDir);
  assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", dataDir]).status, 0);
  try {
    const running = await startTenon({ configFile, dataDir, logger: silentLogger });
    const { tenon } = running;
    const tenant = await tenon.metadata.tenant("a");
    const ballast = join(dataDir, "ballast");
    writeFileSync(ballast, Buffer.alloc(8 * 1024 * 1024));
    let acknowledged = 0;
    let refused: unknown;
    for (let i = 0; i < 2_000 && refused === undefined; i++) {
      const rows = Array.from({ length: 100 }, (_, j) => ({
        id: `${i}-${j}`,
        account: `a${j % 3}`,
        cents: 1,
        country: "x".repeat(500),
      }));
      await tenon.ingest(tenant, "payment", rows).then(
        (answer) => {
          acknowledged += answer.accepted;
        },
        (thrown: unknown) => {
          refused = thrown;
        },
      );
    }
    assert.ok(isError("data.full")(refused), String(refused));
    assert.ok(acknowledged > 0);
    rmSync(ballast);
    await tenon.ingest(tenant, "payment", [{ id: "after", account: "a0", cents: 1 }]);
    let logged = 0;
    for (let seq = 0; ; ) {
      const entries = (await tenon.log.newest(tenant, tenon.catalogue.topics.payment, 1_000_000)).filter(
        (entry) => entry.seq > seq,
      );
      logged += entries.length;
      break;
    }
    assert.equal(logged, acknowledged + 1);
    await running.close();
  } finally {
    spawnSync("umount", ["-l", dataDir]);
    rmSync(dir, { recursive: true, force: true });
  }
});

test("a read-only data directory is refused with a clear message", { skip }, async () => {
  const { dir, configFile, dataDir } = folder();
  mkdirSync(dataDir);
  assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", dataDir]).status, 0);
  try {
    await assert.rejects(startTenon({ configFile, dataDir, logger: silentLogger }), isError("data.readonly"));
  } finally {
    spawnSync("umount", ["-l", dataDir]);
    rmSync(dir, { recursive: true, force: true });
  }
});

test("a log that was put back beside a newer online store is refused, and a rebuild mends it", async () => {
  const { dir, configFile, dataDir } = folder();
  const start = () => startTenon({ configFile, dataDir, logger: silentLogger });
  const send = async (first: number, count: number): Promise<void> => {
    const { tenon, close } = await start();
    const rows = Array.from({ length: count }, (_, i) => ({ id: `p${first + i}`, account: "x", cents: 1 }));
    const { lastSeq } = await tenon.ingest(await tenon.metadata.tenant("a"), "payment", rows);
    assert.ok(await tenon.applier.waitFor(lastSeq, 10_000));
    await close();
  };
  await send(0, 30);
  cpSync(join(dataDir, "log"), join(dir, "backup"), { recursive: true });
  await send(30, 30);
  rmSync(join(dataDir, "log"), { recursive: true });
  cpSync(join(dir, "backup"), join(dataDir, "log"), { recursive: true });
  await assert.rejects(start(), isError("data.corrupt"));
  const rebuilt = await rebuildOnline({ configFile, dataDir }, () => {});
  assert.deepEqual(
    [rebuilt.entries, rebuilt.keysBefore, rebuilt.keysAfter],
    [30, rebuilt.keysAfter, rebuilt.keysBefore],
  );
  await send(60, 5);
  rmSync(dir, { recursive: true });
});

test("an online store of garbage is made anew by a rebuild, which does not die of it", async () => {
  const { dir, configFile, dataDir } = folder();
  const first = await startTenon({ configFile, dataDir, logger: silentLogger });
  const tenant = await first.tenon.metadata.tenant("a");
  const { lastSeq } = await first.tenon.ingest(tenant, "payment", [{ id: "p", account: "x", cents: 5 }]);
  assert.ok(await first.tenon.applier.waitFor(lastSeq, 10_000));
  await first.close();
  writeFileSync(join(dataDir, "online", "data.mdb"), randomBytes(200_000));
  const { keysBefore, keysAfter, kept } = await rebuildOnline({ configFile, dataDir }, () => {});
  assert.deepEqual([keysBefore, keysAfter > 0, kept], [null, true, null]);
  rmSync(dir, { recursive: true });
});
