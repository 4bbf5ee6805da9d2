import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { typeCheck } from "../types/compiler.ts";

const defineDir = path.resolve(import.meta.dirname, "../../src/define");
/** Every builder has an example. */
const examplesMin = 12;

/** What the examples speak of; one that defines a name itself has its own. */
const prelude = `
import { atLeast, atMost, batch, c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, onDemand, postgresQuery, prediction, pretrained, process, remote, secret, segmentWebhook, stripeWebhook, table, trees, vendor, type SegmentMessage, type StripeEvent } from "tenon";
const account = entity("account");
const airport = entity("airport");
const payment = event("payment", { account: c.ref(account), cents: c.integer() });
const departure = event("departure", { origin: c.ref(airport), miles: c.integer() });
const landing = event("landing", { departure: c.ref(departure), delayMinutes: c.integer() });
const spend = features("spend", account, { paid: payment.sum("cents").over("1d", "30d") });
const churned = label("churned", { of: account.every("7d"), is: payment.count().next("30d").above(0) });
const late = model("late_departure", {
  label: label("late", { of: departure, is: landing.mean("delayMinutes").next("12h").above(15) }),
  features: [departure.pick("miles")],
  trainer: gradientBoosting(),
});
`;

interface Example {
  readonly place: string;
  readonly text: string;
}

/** The `@example` parts of a file's doc comments. */
function examplesOf(file: string): readonly Example[] {
  const text = readFileSync(path.join(defineDir, file), "utf8");
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const lines = comment[0].split("\n").map((line) => line.replace(/^\s*\* ?/, "").replace(/\s*\*\/$/, ""));
    const begin = lines.findIndex((line) => line.startsWith("@example"));
    if (begin < 0) return [];
    const rest = lines.slice(begin + 1);
    const end = rest.findIndex((line) => line.startsWith("@") || line.trim() === "/");
    const line = text.slice(0, comment.index).split("\n").length + begin;
    return [{ place: `${file}:${line}`, text: rest.slice(0, end < 0 ? undefined : end).join("\n") }];
  });
}

const examples = readdirSync(defineDir)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .flatMap((file) => examplesOf(file));

test("the definitions have examples to check", () => {
  assert.ok(examples.length >= examplesMin, `found ${examples.length}`);
});

test("every example of a definition's doc comment type-checks", () => {
  const sources = new Map(
    examples.map(({ place, text }) => [
      place.replace(/\W+/g, "-"),
      `${prelude}\n{\n${text.replaceAll(/^export /gm, "")}\n}\nexport {};\n`,
    ]),
  );
  const { sentences } = typeCheck(sources);
  assert.deepEqual(
    [...sentences].filter(([, found]) => found.length > 0),
    [],
  );
});
