import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { startApp } from "../start-app.ts";
import { tenon as command } from "./command-line.ts";

const config = `import { c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, prediction } from "tenon";
const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer() });
const spend = features("spend", account, { paid: payment.sum("cents").over("7d") });
const risk = model("risk", { label: label("more", { of: payment, is: payment.count().next("1h").above(1) }), features: [spend], trainer: gradientBoosting() });
export const app = defineApp({ name: "past", tenancy: "required", stores: { dev: () => embedded() }, use: [payment, spend, prediction("risk", { model: risk, fallback: { score: 0.5 } })] });
`;
const startMs = Date.parse("2026-01-01T00:00:00Z");
const dayMs = 86_400_000;
const days = 60;
const perDay = 72;

test("rows of a past that only the log has are scored by it, a few in a call, for the tenant that is named", {
  timeout: 120_000,
}, async () => {
  await using app = await startApp(config, { clock: { startMs, rate: 0 } });
  const { tenon } = app.running;
  const [tenant] = [await tenon.metadata.tenant("acme"), await tenon.metadata.tenant("other")];
  const cents: { readonly at: number; readonly cents: number }[] = [];
  for (let day = 1; day <= days; day++) {
    tenon.clock.advanceTo(startMs + day * dayMs);
    const rows = Array.from({ length: perDay }, (_, i) => ({
      id: `${day}-${i}`,
      at: startMs + day * dayMs - (i + 1) * 1_000_000,
      account: "hot",
      cents: day * 100 + i,
    }));
    cents.push(...rows);
    await tenon.ingest(tenant, "payment", rows);
  }
  assert.ok(await tenon.applier.waitFor(tenon.log.lastSeq, 20_000));
  const times = Array.from({ length: 34 }, (_, i) => startMs + (20 + i) * dayMs);
  const lines = times.map((at, i) => JSON.stringify({ id: `x${i}`, when: at, account: "hot", cents: 1 }));
  await writeFile(join(app.dir, "past.ndjson"), lines.join("\n"));
  const score = (tenantName: string) =>
    command(
      app.dir,
      ...[
        "score",
        "risk",
        "--for",
        "past.ndjson",
        "--at",
        "when",
        "--to",
        `${tenantName}.ndjson`,
        "--explain",
        "features",
      ],
      ...["--tenant", tenantName, "--data", join(app.dir, "data"), "--json"],
    );
  const scoresOf = async (tenantName: string) => {
    const { code, values, stderr } = await score(tenantName);
    assert.equal(code, 0, stderr);
    assert.equal(values[0].scored, times.length);
    const text = await readFile(join(app.dir, `${tenantName}.ndjson`), "utf8");
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .map(({ id, predicted_at, features }) => [id, predicted_at, features["spend.paid_7d"]]);
  };
  const paid = (at: number): number =>
    cents.filter((row) => row.at < at && row.at >= at - 7 * dayMs).reduce((sum, row) => sum + row.cents, 0);
  assert.deepEqual(
    await scoresOf("acme"),
    times.map((at, i) => [`x${i}`, new Date(at).toISOString(), paid(at)]),
  );
  assert.deepEqual(
    await scoresOf("other"),
    times.map((at, i) => [`x${i}`, new Date(at).toISOString(), 0]),
  );
});
