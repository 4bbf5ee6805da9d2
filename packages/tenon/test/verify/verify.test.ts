// `tenon verify`: nothing is found where nothing is wrong; a broken aggregate is, and its test tells the two apart.
import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { shopConfig } from "../start-app.ts";
import { lookupConfig } from "../tables/lookup-config.ts";
import { brokenCopy, commandOf, type Mutant, run, scratchOf, shopOn, tenon } from "./broken-copy.ts";

const scratch = scratchOf("verify");
const seed = "11";

interface Mutation extends Mutant {
  readonly eventsMax: number;
  readonly config?: string;
}

/** What is wrong in the copy, and how few events show it. */
const mutants = {
  "an event at the beginning of the window is left out": {
    file: "engine/window/window-sweep.ts",
    from: "time < this.#begin) this.#leaveWindow()",
    to: "time <= this.#begin) this.#leaveWindow()",
    eventsMax: 3,
  },
  "first and last pass over ties": {
    file: "engine/aggregate/first-last.ts",
    from: "const later = time - this.#time || seq - this.#seq;",
    to: "const later = time - this.#time || this.#seq - seq;",
    eventsMax: 3,
  },
  "an event looks up what is valid when it comes": {
    file: "service/predict/table-lookups.ts",
    from: "String(key), { at, ",
    to: "String(key), { at: receivedAtMax, ",
    eventsMax: 4,
    config: lookupConfig,
  },
} satisfies Readonly<Record<string, Mutation>>;

after(() => rmSync(scratch, { recursive: true, force: true }));

test("an app whose numbers are one is verified", { timeout: 120_000 }, async () => {
  const shop = shopOn(scratch, tenon, "good");
  const { code, output } = await run(shop, [commandOf(tenon), "verify", "--histories", "25", "--seed", seed]);
  assert.equal(code, 0, output);
  assert.match(output, /Seed 11/);
  assert.match(output, /25 histories of \d+ events and rows/);
  assert.match(output, /spend +\d{3,} values/);
  assert.match(output, /training set of risk +\d{3,} values/);
});

test("so is one whose events look values up in tables", { timeout: 120_000 }, async () => {
  const shop = shopOn(scratch, tenon, "good", lookupConfig);
  const { code, output } = await run(shop, [commandOf(tenon), "verify", "--histories", "32", "--seed", seed]);
  assert.equal(code, 0, output);
  assert.match(output, /training set of again +\d{3,} values/);
});

for (const [what, { eventsMax, config = shopConfig, ...mutant }] of Object.entries<Mutation>(mutants))
  test(`it is found where ${what}`, { timeout: 300_000 }, async () => {
    const broken = brokenCopy(scratch, mutant);
    const shop = shopOn(scratch, broken, "broken", config);
    const args = ["verify", "--histories", "32", "--seed", seed];
    const { code, output } = await run(shop, [commandOf(broken), ...args]);
    assert.equal(code, 1, output);
    const written = /A failing test of (\d+) events?: (tenon-mismatch-11\.test\.ts)/.exec(output);
    assert.ok(written !== null, output);
    assert.ok(Number(written[1]) <= eventsMax, output);
    const again = await run(shop, ["--test", join(shop, written[2])]);
    assert.notEqual(again.code, 0, "the test fails with what is broken");
    assert.match(again.output, /AssertionError/);
    const good = shopOn(scratch, tenon, "good", config);
    cpSync(join(shop, written[2]), join(good, written[2]));
    const passes = await run(good, ["--test", join(good, written[2])]);
    assert.equal(passes.code, 0, passes.output);
  });
