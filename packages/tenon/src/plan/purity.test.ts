import assert from "node:assert/strict";
import { test } from "node:test";
import {
  c,
  defineApp,
  embedded,
  entity,
  event,
  features,
  gradientBoosting,
  label,
  model,
  onDemand,
  prediction,
  pretrained,
} from "../index.ts";
import { compileApp } from "./compile.ts";
import { checkPurity, type PurityReport } from "./purity.ts";

const account = entity("account");
const payment = event("payment", {
  account: c.ref(account),
  cents: c.integer(),
  tip: c.decimal(2).nullable(),
  plan: c.oneOf("free", "pro"),
  due: c.time(),
});
const spend = features("spend", account, {
  paid: payment.sum("cents").over("30d"),
  n: payment.count().over("30d"),
  mean: payment.mean("cents").over("30d"),
  due: payment.last("due").over("30d"),
});
const paid = label("paid", { of: payment, is: payment.sum("cents").next("7d").above(5) });

interface Input {
  readonly row: Readonly<Record<string, unknown>> & {
    readonly at: Date;
    readonly cents: number;
    readonly tip: number | null;
  };
  readonly features: {
    readonly paid_30d: number;
    readonly n_30d: number;
    readonly mean_30d: number | null;
    readonly due_30d: Date | null;
  };
}

/** The report on one on-demand function, typed as JavaScript has it. */
function reportOn(compute: (input: Input) => unknown): PurityReport {
  const fn = onDemand("fn", {
    on: payment,
    uses: [spend],
    compute: compute as (input: object) => Record<string, number>,
  });
  const risk = model("risk", { label: paid, features: [spend, fn], trainer: gradientBoosting() });
  const fraud = prediction("fraud", { model: risk, fallback: { score: 0 } });
  return checkPurity(
    compileApp(defineApp({ name: "a", tenancy: "none", stores: { dev: () => embedded() }, use: [fraud] })),
  );
}

function reportOnRule(
  code: (input: { readonly cents: number }) => unknown,
  decide?: (output: object) => object,
): PurityReport {
  const rule = pretrained("rule", {
    input: { cents: c.integer() },
    output: { ok: c.flag() },
    code: code as () => { ok: boolean },
  });
  const made = prediction("fraud", {
    model: rule,
    fallback: { ok: true },
    ...(decide === undefined ? {} : { decide }),
  });
  return checkPurity(
    compileApp(defineApp({ name: "a", tenancy: "none", stores: { dev: () => embedded() }, use: [made] })),
  );
}

test("a pure function has no mistake, and its answers name its columns", () => {
  const report = reportOn(({ row, features: read }) => ({
    hour: row.at.getUTCHours(),
    share: row.cents / Math.max(1, read.paid_30d),
    isNew: read.n_30d === 0,
    plan: String(row.plan),
    tip: row.tip,
    age: read.due_30d === null ? null : row.at.getTime() - read.due_30d.getTime(),
  }));
  assert.deepEqual(report, {
    mistakes: [],
    warnings: [],
    onDemandColumns: {
      fn: [
        { name: "hour", kind: "number" },
        { name: "share", kind: "number" },
        { name: "isNew", kind: "flag" },
        { name: "plan", kind: "category" },
        { name: "tip", kind: "number" },
        { name: "age", kind: "number" },
      ],
    },
  });
});

const impure: Readonly<Record<string, () => unknown>> = {
  "Date.now": () => Date.now(),
  "new Date()": () => Date.now(),
  "Date()": () => Date(),
  "Math.random": () => Math.random(),
  "performance.now": () => performance.now(),
  "crypto.randomUUID": () => crypto.randomUUID(),
  "crypto.getRandomValues": () => crypto.getRandomValues(new Uint8Array(1))[0],
  "the machine's time zone": () => new Date(0).getHours(),
};

for (const [name, answer] of Object.entries(impure)) {
  test(`a function that takes ${name} is impure`, () => {
    const { mistakes } = reportOn(() => ({ a: answer() as number }));
    assert.deepEqual(
      mistakes.map(({ code, path }) => [code, path]),
      [["define.impure", "onDemand fn"]],
    );
    assert.match(mistakes[0]!.message, /^answers \{"a":.*\} and then \{"a":.*\} on the sample \{"row":\{.*"cents":/);
  });
}

test("a function that counts its calls is impure", () => {
  let calls = 0;
  assert.equal(reportOn(() => ({ a: calls++ })).mistakes[0]!.code, "define.impure");
});

test("a rule and a decision are checked too", () => {
  const { mistakes } = reportOnRule(
    ({ cents }) => ({ ok: cents > Math.random() * 1_000 }),
    () => ({ at: Date.now() }),
  );
  assert.deepEqual(
    mistakes.map(({ code, path }) => `${code} ${path}`),
    ["define.impure model rule", "define.impure prediction fraud"],
  );
});

test("a function that waits is impure, and its rejection is not left unhandled", () => {
  const { mistakes } = reportOn(async () => {
    throw new Error("no network here");
  });
  assert.deepEqual(
    mistakes.map(({ code }) => code),
    ["define.impure"],
  );
  assert.match(mistakes[0]!.message, /answers a promise/);
});

test("an answer that no column holds is a mistake", () => {
  const codes = (compute: (input: Input) => unknown): string[] =>
    reportOn(compute).mistakes.map(({ code, path }) => `${code} ${path}`);
  assert.deepEqual(
    codes(({ row }) => ({ at: row.at })),
    ["define.column onDemand fn.at"],
  );
  assert.deepEqual(
    codes(() => ({ list: [1] })),
    ["define.column onDemand fn.list"],
  );
  assert.deepEqual(
    codes(() => ({ none: undefined })),
    ["define.column onDemand fn.none"],
  );
  assert.deepEqual(
    codes(() => 5),
    ["define.column onDemand fn"],
  );
  assert.deepEqual(
    codes(() => ({ "a b": 1 })),
    ["define.name onDemand fn.a b"],
  );
  assert.deepEqual(
    codes(({ row }) => ({ a: row.tip === null ? "none" : row.tip })),
    ["define.column onDemand fn.a"],
  );
  assert.deepEqual(
    codes(({ row }) => (row.tip === null ? { a: 1 } : { a: 1, b: 2 })),
    ["define.column onDemand fn.b"],
  );
});

test("a rule whose answer does not fit its output is a mistake", () => {
  const { mistakes } = reportOnRule(() => ({ ok: "yes" }));
  assert.deepEqual(
    mistakes.map(({ code, path }) => `${code} ${path}`),
    ["define.column model rule.output.ok"],
  );
});

test("a throw on a sample is a warning, once", () => {
  const { mistakes, warnings } = reportOn(({ features: read }) => ({ a: (read.due_30d as Date).getTime() }));
  assert.deepEqual(mistakes, []);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!.message, /^throws on the sample .*"due_30d":null.*: Cannot read properties of null/);
});

test("a column that is always null is a warning, since its type is not known", () => {
  const { warnings, onDemandColumns } = reportOn(() => ({ a: null, b: 1 }));
  assert.deepEqual(
    warnings.map(({ path }) => path),
    ["onDemand fn.a"],
  );
  assert.deepEqual(onDemandColumns, { fn: [{ name: "b", kind: "number" }] });
});

test("samples have nulls in nullable columns, empty features, and the types of their columns", () => {
  const rows: Input[] = [];
  reportOn((input) => {
    rows.push(input);
    return { a: 1 };
  });
  assert.ok(rows.some(({ row }) => row.tip === null) && rows.some(({ row }) => typeof row.tip === "number"));
  assert.ok(
    rows.every(({ row }) => Number.isSafeInteger(row.cents) && row.at instanceof Date && typeof row.id === "string"),
  );
  assert.ok(rows.every(({ row }) => row.plan === "free" || row.plan === "pro"));
  assert.deepEqual(rows[0]!.features, { paid_30d: 0, n_30d: 0, mean_30d: null, due_30d: null });
  assert.ok(rows.some(({ features: read }) => read.due_30d instanceof Date && read.paid_30d !== 0));
});

test("the machine's clock, zone and random numbers are put back", () => {
  const before = [
    Date,
    Math.random,
    performance.now,
    crypto.randomUUID,
    crypto.getRandomValues,
    process.env.TZ,
    new Date(0).getHours(),
  ];
  reportOn(() => {
    throw new Error("thrown");
  });
  const now = [
    Date,
    Math.random,
    performance.now,
    crypto.randomUUID,
    crypto.getRandomValues,
    process.env.TZ,
    new Date(0).getHours(),
  ];
  assert.deepEqual(now, before);
  assert.ok(Math.abs(Date.now() - Date.now()) < 1_000);
});
