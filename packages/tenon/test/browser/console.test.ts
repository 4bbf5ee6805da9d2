import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { decodePrediction, encodePrediction, predictionTopic } from "../../src/service/predict/prediction-record.ts";
import type { Tenon } from "../../src/service/tenon.ts";
import { shopConfig, startApp, trainTwoVersions } from "../start-app.ts";
import { executablePath, skip } from "./chromium.ts";

const pictures = fileURLToPath(new URL("../../../../test-output/console/", import.meta.url));
const withBatch = shopConfig
  .replace("import {", "import { batch,")
  .replace("use: [", "use: [value,")
  .replace(
    "const shape",
    `const value = batch("value", account, { every: "1d", columns: { total: c.integer(), country: c.text() }, sql: "select account, sum(cents)::bigint as total, max(country) as country from payment group by account" });
const shape`,
  );
const widths = [1_280, 390] as const;
const schemes = ["light", "dark"] as const;

test("the console shows live numbers, predicts from its form, reads features in the past and rolls a model back", {
  skip,
  timeout: 180_000,
}, async () => {
  assert.ok(executablePath, "CI needs Chromium: apt-get install chromium, or TENON_CHROMIUM");
  mkdirSync(pictures, { recursive: true });
  await using app = await startApp(withBatch, { recomputes: true });
  const { tenon } = app.running;
  await trainTwoVersions(app.running, "shop");
  await tenon.registry.promote("risk", 2, { force: true });
  const tenant = await tenon.metadata.tenant("shop");
  let sent = 0;
  let isPaused = false;
  const traffic = setInterval(() => {
    if (isPaused) return;
    void tenon.ingest(
      tenant,
      "payment",
      Array.from({ length: 5 }, () => ({
        id: `live${sent++}`,
        account: `a${sent % 7}`,
        cents: (sent * 31) % 2_000,
        country: "DE",
      })),
    );
    tenon.predict(tenant, "risk", { id: `p${sent}`, account: `a${sent % 7}`, cents: 1_200, country: "DE" });
    tenon.traffic.of(tenant).countPrediction(0.2);
  }, 100);
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    await useConsole(browser, app.consoleUrl, async () => {
      isPaused = true;
      await logWrongly(tenon, tenant);
      isPaused = false;
    });
    assert.equal(tenon.registry.live("risk")?.version, 1, "the roll back took effect");
  } finally {
    clearInterval(traffic);
    await browser.close();
  }
});

/** A logged value that its events do not say, as if the store had been wrong. */
async function logWrongly(tenon: Tenon, tenant: number): Promise<void> {
  await tenon.predictions.drain();
  // What was logged until now: of many, only a sample is recomputed.
  await tenon.consistency.round();
  const [entry] = await tenon.log.newest(tenant, tenon.catalogue.topics[predictionTopic("risk")], 1);
  const record = decodePrediction(entry.payload);
  const features = record.features.map((served) => ({ ...served, values: served.values.map(() => 1) }));
  await tenon.log.append([{ ...entry, id: "wrong", payload: encodePrediction({ ...record, features }) }]);
  // One that is under way already looks at what was logged before.
  for (let i = 0; i < 2; i++) await tenon.consistency.round();
}

async function useConsole(browser: Browser, consoleUrl: string, logWrong: () => Promise<void>): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const base = new URL(consoleUrl).origin;
  await page.goto(consoleUrl);
  await untilNumber(page, "overview-events-per-second");
  await untilNumber(page, "overview-predictions-per-second");

  await page.goto(`${base}/console/predictions`);
  await page.getByTestId("predict-form").waitFor();
  await page.getByTestId("predict-submit").click();
  await page.getByTestId("predict-result").waitFor();

  await browseCatalog(page, base);

  await page.goto(`${base}/console/features/spend`);
  await page.getByTestId("features-key").fill("a1");
  await page.getByTestId("features-lookup").click();
  await page.getByTestId("features-values").waitFor();
  await page.getByTestId("features-slider").focus();
  await page.keyboard.press("ArrowLeft");
  await page.getByTestId("features-values").waitFor();

  await page.goto(`${base}/console/features/value`);
  await page.getByTestId("batch-runs").getByText("published").first().waitFor();
  const runs = await page.getByTestId("batch-runs").locator("tbody tr").count();
  await page.getByTestId("batch-run").click();
  await page.getByTestId("batch-runs").locator("tbody tr").nth(runs).waitFor();

  await page.goto(`${base}/console/consistency`);
  await page.getByTestId("consistency").waitFor();
  await logWrong();
  await page.getByTestId("consistency-mismatches").getByText("spend.paid_1h").first().waitFor();

  await page.goto(`${base}/console/events`);
  await page.getByTestId("events-tail").waitFor();

  await page.goto(`${base}/console/models/risk`);
  await page.getByTestId("model-version-2").waitFor();
  await page.getByTestId("model-rollback").click();
  await page.getByTestId("confirm-dialog-confirm").click();
  await page.getByTestId("model-version-1").getByText(/live/i).first().waitFor();

  await takePictures(page, base);
  assert.deepEqual(complaints, [], "the browser's console is empty");
}

/** Finds a feature by its words, sees what it holds beside its training, and follows it to the model that takes it. */
async function browseCatalog(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/console/features`);
  const table = page.getByTestId("catalog-table");
  await table.getByText("spend.paid_30d", { exact: true }).waitFor();
  await page.getByTestId("catalog-search").fill("last country");
  await table.getByText("spend.paid_30d", { exact: true }).waitFor({ state: "detached" });
  assert.equal(await table.locator("tbody tr").count(), 1);
  await page.getByTestId("catalog-search").fill("");
  await page.getByTestId("catalog-unused").check();
  await table.getByText("spend.paid_30d", { exact: true }).waitFor({ state: "detached" });
  assert.deepEqual(await table.locator("tbody tr th").allTextContents(), ["value.total", "value.country"]);
  await page.getByTestId("catalog-unused").uncheck();
  await table.getByText("spend.paid_30d", { exact: true }).click();

  const chart = page.getByTestId("feature-distribution");
  await chart.getByText(/^at training \(320\)$/).waitFor();
  await chart.getByText(/^predictions of late \(\d+\)$/).waitFor();
  await chart.getByText("share of values, %").waitFor();
  await chart.getByRole("button", { name: "keys" }).click();
  await chart.getByText(/^keys now \(\d+\)$/).waitFor();

  const lineage = page.getByTestId("feature-lineage");
  await lineage.locator("svg").getByText("cents", { exact: true }).waitFor();
  await lineage.locator("svg a", { hasText: "model" }).click();
  await page.waitForURL(`${base}/console/models/risk`);
}

/** A number above zero: the page lives. */
async function untilNumber(page: Page, testId: string): Promise<void> {
  for (const endMs = Date.now() + 20_000; Date.now() < endMs; await page.waitForTimeout(200)) {
    const text = (await page.getByTestId(testId).textContent()) ?? "";
    if (Number(/[\d.,]+/.exec(text)?.[0]?.replaceAll(",", "")) > 0) return;
  }
  assert.fail(`${testId} stayed at zero`);
}

async function takePictures(page: Page, base: string): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      for (const path of [
        "",
        "events",
        "features",
        "features/spend",
        "features/spend/paid_30d",
        "features/shape/share",
        "features/value",
        "models/risk",
        "predictions",
        "consistency",
      ]) {
        await page.goto(`${base}/console/${path}`);
        await page.locator("h1").first().waitFor();
        await page.waitForTimeout(400);
        const overflow = await page.evaluate<number>(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        assert.ok(overflow <= 0, `/console/${path} scrolls sideways by ${overflow} px at ${width}`);
        await page.screenshot({
          path: `${pictures}${path.replaceAll("/", "-") || "overview"}-${width}-${colorScheme}.png`,
        });
      }
    }
  }
}
