// Builds what is out of date, runs every test, and counts them on the last line.
import { globSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { build } from "./build.mjs";
import { root } from "./setup.mjs";

const patterns = [
  "packages/*/src/**/*.test.ts",
  "packages/*/test/**/*.test.ts",
  "console/src/**/*.test.ts",
  "examples/*/*.test.ts",
];
/** One file at most this long; the whole has CI's bound. */
const fileTimeoutMs = 15 * 60_000;

await build();
const asked = process.argv.slice(2);
const files = (asked.length > 0 ? asked : patterns)
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .map((file) => join(root, file));
if (files.length === 0) {
  console.error(`no test file matches ${asked.join(" ") || patterns.join(" ")}`);
  process.exit(1);
}

const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const skips = new Map();
const stream = run({ files: files.sort(), concurrency: 2, timeout: fileTimeoutMs });
stream.on("test:pass", (test) => {
  if (test.details?.type === "suite") return;
  if (test.skip === undefined && test.todo === undefined) counts.passed++;
  else {
    counts.skipped++;
    const reason = String(test.skip ?? test.todo);
    skips.set(reason, [...(skips.get(reason) ?? []), test.name]);
  }
});
stream.on("test:fail", (test) => {
  if (test.details?.type === "suite") return;
  counts.failed++;
  failures.push(`${test.file ?? ""}: ${test.name}`);
});
stream.compose(new spec()).pipe(process.stdout);
stream.on("end", () => {
  setImmediate(() => {
    for (const [reason, names] of skips) console.log(`skipped (${reason}): ${names.length}`);
    for (const failure of failures) console.log(`failed: ${failure.replace(root, "")}`);
    console.log(`tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    // A test that left something open ends here all the same; what it said is counted.
    process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
  });
});
