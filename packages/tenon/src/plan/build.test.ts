import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { TenonError } from "../base/error.ts";
import { canonicalJson } from "../base/hash.ts";
import { type Build, buildApp, readBuild } from "./build.ts";
import { bundleConfig } from "./bundle.ts";
import { loadBundle } from "./load-bundle.ts";

const root = mkdtempSync(path.join(tmpdir(), "tenon-build-"));
after(() => rmSync(root, { recursive: true }));

const base = `
import { c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, onDemand, prediction, pretrained } from "tenon";
const account = entity("account", { owner: "growth" });
const payment = event("payment", { account: c.ref(account), cents: c.integer(), country: c.text() });
const spend = features("spend", account, { paid: payment.sum("cents").over("1d", "30d"), n: payment.count({ country: "DE" }).over("7d") });
const share = onDemand("share", { on: payment, uses: [spend], compute: ({ row, features }) => ({ share: row.cents / Math.max(1, features.paid_30d) }) });
const risk = model("risk", { label: label("next", { of: payment, is: payment.sum("cents").next("7d").above(5) }), features: [spend, share], trainer: gradientBoosting({ seed: 1 }) });
const fraud = prediction("fraud", { model: risk, fallback: { score: 0.5 }, decide: ({ score }) => ({ verdict: score > 0.9 ? "block" : "approve" }) as const });
const rule = prediction("rule", { model: pretrained("rule", { input: { cents: c.integer() }, output: { ok: c.flag() }, code: ({ cents }) => ({ ok: cents < 5 }) }), fallback: { ok: true } });
export const app = defineApp({ name: "acme", tenancy: "none", stores: { dev: () => embedded() }, use: [payment, spend, fraud, rule] });
`;

let count = 0;
function project(files: Readonly<Record<string, string>>): string {
  const dir = path.join(root, `project-${count++}`);
  mkdirSync(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text);
  return path.join(dir, "tenon.config.ts");
}

const outDir = path.join(root, "builds");
const build = (text: string, others: Readonly<Record<string, string>> = {}): Promise<Build> =>
  buildApp({ configFile: project({ "tenon.config.ts": text, ...others }), outDir });

const modelOf = ({ plan }: Build, name = "risk"): string =>
  plan.models.find((model) => model.name === name)!.fingerprint;
const closureOf = ({ closures }: Build, name: string): string =>
  closures.find((closure) => closure.name === name)!.fingerprint;
const swap = (text: string, from: string, to: string): string => {
  assert.ok(text.includes(from), `the text has no ${from}`);
  return text.replace(from, to);
};

test("a build is found by its content, and loads with its functions", async () => {
  const made = await build(base);
  assert.match(made.id, /^[0-9a-f]{16}$/);
  assert.deepEqual(readdirSync(path.join(outDir, made.id)).toSorted(), ["bundle.mjs", "plan.json"]);
  const read = await readBuild(outDir, made.id);
  assert.deepEqual(read.functions.decide.fraud!({ score: 0.95 }), { verdict: "block" });
  assert.deepEqual(read.functions.code.rule!({ cents: 9 }), { ok: false });
  assert.deepEqual(read.functions.compute.share!({ row: { cents: 4 }, features: { paid_30d: 8 } }), { share: 0.5 });
  assert.equal(read.plan.events[0]!.keepMs, Number.POSITIVE_INFINITY);
  assert.equal(canonicalJson(read.plan), canonicalJson(made.plan));
  assert.deepEqual(read.closures, made.closures);
});

test("the same configuration in another folder, with other comments and formatting, is the same build", async () => {
  const first = await build(base);
  const changed = `// a comment with a \`tick\`\n${base.replaceAll("; ", ";\n\n").replace("=> ({ share:", "=> ({ /* why */\n // because\n share:")}`;
  const second = await build(changed);
  assert.equal(second.id, first.id);
  assert.equal(readFileSync(path.join(second.dir, "bundle.mjs"), "utf8").includes(root), false);
});

test("no draft is left behind", async () => {
  await build(base);
  assert.deepEqual(
    readdirSync(outDir).filter((name) => name.startsWith(".")),
    [],
  );
});

test("a bundle runs away from the sources and from node_modules", async () => {
  const made = await build(base);
  const away = path.join(mkdtempSync(path.join(tmpdir(), "tenon-away-")), "builds");
  cpSync(outDir, away, { recursive: true });
  const read = await readBuild(away, made.id);
  assert.deepEqual(read.functions.decide.fraud!({ score: 0.1 }), { verdict: "approve" });
  rmSync(path.dirname(away), { recursive: true });
});

test("a build that was changed on disk is told as damaged, and built anew", async () => {
  const text = swap(base, `name: "acme"`, `name: "mended"`);
  const made = await build(text);
  writeFileSync(path.join(made.dir, "bundle.mjs"), "export const app = 1;");
  await assert.rejects(
    readBuild(outDir, made.id),
    (thrown) => thrown instanceof TenonError && thrown.code === "data.corrupt",
  );
  const again = await build(text);
  assert.equal(again.id, made.id);
  assert.equal((await readBuild(outDir, made.id)).plan.app.name, "mended");
});

test("a build that is not there is told as damaged", async () => {
  await assert.rejects(readBuild(outDir, "0123456789abcdef"), { code: "data.corrupt" });
});

test("owners, local names and the order of definitions change no fingerprint", async () => {
  const first = await build(base);
  const changed = [
    swap(base, `owner: "growth"`, `owner: "finance"`),
    swap(base, "({ cents }) => ({ ok: cents < 5 })", "(input) => ({ ok: input.cents < 5 })").replace(
      "(input) => ({ ok: input.cents < 5 })",
      "({ cents: amount }) => ({ ok: amount < 5 })",
    ),
    swap(base, "use: [payment, spend, fraud, rule]", "use: [rule, fraud, spend, payment]"),
  ];
  for (const text of changed) {
    const second = await build(text);
    assert.equal(modelOf(second), modelOf(first));
    assert.equal(modelOf(second, "rule"), modelOf(first, "rule"));
    assert.equal(second.plan.featureSets[0]!.fingerprint, first.plan.featureSets[0]!.fingerprint);
    assert.deepEqual(second.plan.lanes.map(({ id }) => id).toSorted(), first.plan.lanes.map(({ id }) => id).toSorted());
  }
});

test("a changed function body changes the fingerprints of what calls it, and of nothing else", async () => {
  const first = await build(base);
  const second = await build(swap(base, "Math.max(1,", "Math.max(2,"));
  assert.notEqual(modelOf(second), modelOf(first));
  assert.equal(modelOf(second, "rule"), modelOf(first, "rule"));
  assert.equal(second.plan.featureSets[0]!.fingerprint, first.plan.featureSets[0]!.fingerprint);
  const third = await build(swap(base, "cents < 5", "cents < 6"));
  assert.notEqual(modelOf(third, "rule"), modelOf(first, "rule"));
  assert.equal(modelOf(third), modelOf(first));
  const fourth = await build(swap(base, "score > 0.9", "score > 0.8"));
  assert.notEqual(closureOf(fourth, "fraud"), closureOf(first, "fraud"));
  assert.notEqual(fourth.id, first.id);
});

test("a helper in the same file, in another file or behind another helper changes the fingerprint", async () => {
  const here = swap(base, "Math.max(1, features.paid_30d)", "atLeastOne(features.paid_30d)");
  const body = (from: number): string => `function atLeastOne(x: number) { return Math.max(${from}, x); }\n`;
  assert.notEqual(modelOf(await build(here + body(1))), modelOf(await build(here + body(2))));
  const there = `import { atLeastOne } from "./risk.ts";\n${here}`;
  const file = (from: number) => ({
    "risk.ts": `import { from } from "./from.ts";\nexport const atLeastOne = (x: number) => Math.max(from, x);`,
    "from.ts": `export const from = ${from};`,
  });
  assert.notEqual(modelOf(await build(there, file(1))), modelOf(await build(there, file(2))));
  assert.equal(modelOf(await build(there, file(1))), modelOf(await build(`// told\n${there}`, file(1))));
});

test("what a function was made with changes the fingerprint", async () => {
  const made = (factor: number): string =>
    swap(base, "({ cents }) => ({ ok: cents < 5 })", `below(${factor})`).replace(
      "const rule",
      "const bound = 7;\nconst below = (bound: number) => ({ cents }: { cents: number }) => ({ ok: cents < bound });\nconst rule",
    );
  assert.notEqual(modelOf(await build(made(5)), "rule"), modelOf(await build(made(6)), "rule"));
  const bound = (factor: number): string =>
    swap(base, "({ cents }) => ({ ok: cents < 5 })", `below.bind(undefined, ${factor})`).replace(
      "const rule",
      "function below(bound: number, { cents }: { cents: number }) { return { ok: cents < bound }; }\nconst rule",
    );
  assert.notEqual(modelOf(await build(bound(5)), "rule"), modelOf(await build(bound(6)), "rule"));
});

test("a name of the language that the team binds anew counts as the team's", async () => {
  const shadow = (from: number): string => `const Math = { max: (_: number, x: number) => x + ${from} };\n${base}`;
  assert.notEqual(modelOf(await build(shadow(1))), modelOf(await build(shadow(2))));
});

test("a method is read as well as an arrow", async () => {
  const method = (bound: number): string =>
    swap(
      base,
      "code: ({ cents }) => ({ ok: cents < 5 })",
      `code({ cents }) { /* ${bound * 2} */ return { ok: cents < ${bound} }; }`,
    );
  const [five, six] = [await build(method(5)), await build(method(6))];
  assert.notEqual(modelOf(five, "rule"), modelOf(six, "rule"));
  const owned = await build(swap(method(5), `owner: "growth"`, `owner: "finance"`));
  assert.equal(modelOf(owned, "rule"), modelOf(five, "rule"));
});

test("a changed window, filter, column type or trainer option changes the fingerprints", async () => {
  const first = await build(base);
  const set = ({ plan }: Build): string => plan.featureSets[0]!.fingerprint;
  for (const [from, to] of [
    [`over("1d", "30d")`, `over("2d", "30d")`],
    [`country: "DE"`, `country: "FR"`],
    ["cents: c.integer(), country", "cents: c.decimal(2), country"],
  ] as const) {
    const second = await build(swap(base, from, to));
    assert.notEqual(set(second), set(first), from);
    assert.notEqual(modelOf(second), modelOf(first), from);
  }
  const third = await build(swap(base, "seed: 1", "seed: 2"));
  assert.equal(set(third), set(first));
  assert.notEqual(modelOf(third), modelOf(first));
});

test("a configuration that is missing, cannot be read, throws or exports no app is told with its place", async () => {
  const failing = async (text: string): Promise<TenonError> => {
    const thrown = await build(text).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(thrown instanceof TenonError, String(thrown));
    return thrown;
  };
  await assert.rejects(buildApp({ configFile: path.join(root, "none.ts"), outDir }), { code: "config.missing" });

  const syntax = await failing(`import { c } from "tenon";\nconst x = {;\n`);
  assert.deepEqual([syntax.code, syntax.places[0]!.path], ["config.unreadable", "tenon.config.ts:2:12"]);
  assert.match(syntax.message, /tenon\.config\.ts:2:12: /);

  const unknown = await failing(`import { x } from "./no.ts";\nexport const app = x;`);
  assert.equal(unknown.places[0]!.path, "tenon.config.ts:1:19");

  const throwing = await failing(
    `import { c } from "tenon";\n\nconst port = (undefined as never as { x: number }).x;\nexport const app = port;`,
  );
  assert.equal(throwing.code, "config.unreadable");
  assert.match(throwing.places[0]!.path, /^tenon\.config\.ts:3:/);
  assert.match(throwing.message, /throws while it loads: tenon\.config\.ts:3:\d+: Cannot read properties of undefined/);

  assert.match((await failing(`export const x = 1;`)).message, /exports no app but x/);
  const two = base.replace("export const app =", "export const a =").concat("export const b = { ...a };");
  assert.match((await failing(two)).message, /exports 2 apps \(a, b\)/);

  const invalid = await failing(swap(base, `over("1d", "30d")`, `over("1 day")`));
  assert.deepEqual([invalid.code, invalid.places[0]!.code], ["config.invalid", "define.duration"]);
});

test("an app is found by any export's name", async () => {
  for (const text of [base.replace("export const app =", "export default"), base.replace("const app", "const acme")]) {
    const { code } = await bundleConfig(project({ "tenon.config.ts": text }));
    assert.equal((await loadBundle(code, { dir: path.join(root, "loaded") })).plan.app.name, "acme");
  }
});

test("the example builds", async () => {
  const configFile = path.resolve(import.meta.dirname, "../../../../examples/acme/tenon.config.ts");
  const made = await buildApp({ configFile, outDir });
  assert.deepEqual(
    made.closures.map(({ kind, name }) => `${kind} ${name}`),
    ["code haul_rule", "compute clock", "decide delay"],
  );
});
