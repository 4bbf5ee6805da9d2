import assert from "node:assert/strict";
import path from "node:path";
import { before, test } from "node:test";
import ts from "typescript";

const here = import.meta.dirname;
const head = `import { createClient } from "tenon-client";
import type { app } from "./shop.config.ts";
const c = createClient<typeof app>({ url: "http://127.0.0.1" });
const now = new Date();
const p = { account: "a1", cents: 1, country: "DE" };
`;

/** What must compile, each with its answers' types. */
const calls: Readonly<Record<string, string>> = {
  "an event with and without id and time": `await c.track.payment(p); await c.track.payment({ ...p, id: "p1", at: now, due: now, note: null });`,
  "many events": `(await c.track.payment([p, { ...p, id: "p2" }])).accepted satisfies number;`,
  "a prediction of an event": `const d = await c.predict.fraud({ ...p, id: "p1", at: now });
    d.verdict satisfies "block" | "approve"; d.score satisfies number; d.receipt.id satisfies string; d.receipt.variant satisfies string;`,
  "a prediction of an entity": `(await c.predict.value({ account: "a1" })).value satisfies number;`,
  "a rule": `(await c.predict.limit({ cents: 1 })).ok satisfies boolean; await c.predict.limit({ cents: 1, tier: "pro" });`,
  "features now": `const f = await c.features.spend({ account: "a1" }); f.paid_30d satisfies number; f.country_30d satisfies string | null;`,
  "a time among features, as JSON has it": `(await c.features.spend({ account: "a1" })).due_30d satisfies string | null;`,
  "rows of a table": `(await c.put.plan({ account: "a1", tier: "pro", validFrom: now })).accepted satisfies number; await c.put.plan([{ account: "a1", tier: "free", until: null }]);
    (await c.features.plan({ account: "a1" })).tier satisfies "free" | "pro" | null;`,
  "features of the past": `(await c.at(now).features.spend({ account: "a1" })).paid_30d satisfies number;`,
  "a prediction of the past": `(await c.at(now).predict.fraud(p)).score satisfies number; await c.at(now).predict.value({ account: "a1" });`,
  "options of a call": `await c.predict.fraud(p, { signal: AbortSignal.timeout(5), timeoutMs: 50 }); await c.features.spend({ account: "a1" }, { after: "p1" });`,
};

/** What must not compile, and what the compiler says of it. */
const mistakes: Readonly<Record<string, readonly [snippet: string, sentence: string]>> = {
  "a window that is not defined": [
    `(await c.features.spend({ account: "a1" })).paid_3d;`,
    "Property 'paid_3d' does not exist",
  ],
  "a row of a computed set": ["await c.put.spend({});", "Property 'spend' does not exist"],
  "a row that its table does not take": [
    `await c.put.plan({ account: "a1", tier: "gold" });`,
    `Type '"gold"' is not assignable`,
  ],
  "a prediction without its key": ["await c.predict.value({});", "Property 'account' is missing"],
  "a missing field": [`await c.predict.fraud({ account: "a1", cents: 1 });`, "Property 'country' is missing"],
  "a field of another type": [
    `await c.predict.fraud({ ...p, cents: "1" });`,
    "Type 'string' is not assignable to type 'number'",
  ],
  "an unknown field": [`await c.predict.limit({ cents: 1, cent: 2 });`, "'cent' does not exist"],
  "an unlisted value": [`await c.predict.limit({ cents: 1, tier: "gold" });`, `Type '"gold"' is not assignable`],
  "an unknown prediction": ["await c.predict.frod(p);", "Property 'frod' does not exist"],
  "an event with a wrong field": [
    `await c.track.payment({ ...p, country: 1 });`,
    "Type 'number' is not assignable to type 'string'",
  ],
  "one bad event among many": [`await c.track.payment([p, { account: "a1" }]);`, "is missing the following properties"],
  "an event that the app has not": ["await c.track.login({});", "Property 'login' does not exist"],
  "features by another key": [`await c.features.spend({ user: "u" });`, "'user' does not exist"],
  "a time that is no date": [
    `await c.at("2026-01-01").features.spend({ account: "a1" });`,
    "is not assignable to parameter of type 'Date'",
  ],
  "events of the past": ["c.at(now).track.payment(p);", "Property 'track' does not exist"],
  "a rule at a time": ["await c.at(now).predict.limit({ cents: 1 });", "Property 'limit' does not exist"],
  "a tenant beside the key": [
    `createClient<typeof app>({ url: "x", tenant: "b" });`,
    "Type 'string' is not assignable to type 'never'",
  ],
  "a verdict that is not decided": [`const d = await c.predict.fraud(p); d.verdict === "deny";`, "no overlap"],
};

let sentences: ReadonlyMap<string, readonly string[]>;
before(() => {
  const bodies = {
    ...calls,
    ...Object.fromEntries(Object.entries(mistakes).map(([name, [snippet]]) => [name, snippet])),
  };
  sentences = typeCheck(Object.entries(bodies));
});

for (const name of Object.keys(calls)) {
  test(`${name} compiles`, () => assert.deepEqual(sentences.get(name), []));
}
for (const [name, [, sentence]] of Object.entries(mistakes)) {
  test(`${name} does not compile`, () => {
    const found = sentences.get(name) ?? [];
    assert.ok(
      found.some((text) => text.includes(sentence)),
      `expected "${sentence}", found ${JSON.stringify(found)}`,
    );
  });
}

/** Sources as files beside this one, in one program, with both packages' sources under their published names. */
function typeCheck(bodies: readonly (readonly [name: string, body: string])[]): ReadonlyMap<string, readonly string[]> {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2024.d.ts", "lib.dom.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    paths: {
      tenon: [path.resolve(here, "../../tenon/src/index.ts")],
      "tenon-client": [path.resolve(here, "../src/index.ts")],
    },
  };
  const texts = new Map(
    bodies.map(([, body], i) => [path.join(here, `case-${i}.virtual.ts`), `${head}${body}\nexport {};\n`]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.getSourceFile = (file, language, ...rest) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile(file, language, ...rest) : ts.createSourceFile(file, text, language);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const found = [...texts.keys()].map((file, i): [string, readonly string[]] => {
    const source = program.getSourceFile(file)!;
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return [bodies[i]![0], diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))];
  });
  return new Map(found);
}
