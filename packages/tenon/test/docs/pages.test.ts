import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { errorTable } from "../../src/base/error-table.ts";
import { limit } from "../../src/base/limit.ts";
import { allRoutes } from "../../src/server/routes.ts";
import { anchorsOf, docPages, pageText, repository } from "./doc-pages.ts";

const source = path.join(repository, "packages/tenon/src");
const pagesMin = 25;

const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);
const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();

test("the documentation has its pages", () => {
  assert.ok(docPages().length >= pagesMin, `found ${docPages().length}`);
});

test("every link inside the documentation leads somewhere", () => {
  const broken = docPages().flatMap((page) => {
    const text = pageText(page).replace(/^```[\s\S]*?^```/gm, "");
    const targets = [...matches(text, /\]\(([^)\s]+)\)/g), ...matches(text, /(?:src|srcset|href)="([^"]+)"/g)];
    return targets
      .filter((target) => !/^(https?|mailto):/.test(target))
      .flatMap((target) => {
        const [file = "", anchor] = target.split("#");
        const found = file === "" ? page : path.join(path.dirname(page), file);
        if (!existsSync(path.join(repository, found))) return [`${page}: ${target} is not there`];
        const isAnchored = anchor === undefined || !found.endsWith(".md") || anchorsOf(found).has(anchor);
        return isAnchored ? [] : [`${page}: ${target} has no such heading`];
      });
  });
  assert.deepEqual(broken, []);
});

test("every page is reached from the README", () => {
  const seen = new Set<string>();
  const waiting = ["README.md"];
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    if (seen.has(page) || !page.endsWith(".md") || !existsSync(path.join(repository, page))) continue;
    seen.add(page);
    for (const target of matches(pageText(page), /\]\(([^)\s#]+)[^)\s]*\)/g))
      if (!/^\w+:/.test(target)) waiting.push(path.join(path.dirname(page), target));
  }
  assert.deepEqual(
    docPages().filter((page) => !seen.has(page)),
    [],
  );
});

test("every picture is shown somewhere", () => {
  const text = docPages().map(pageText).join("\n");
  const pictures = readdirSync(path.join(repository, "docs/pictures"));
  assert.deepEqual(
    pictures.filter((picture) => !text.includes(`pictures/${picture}`)),
    [],
  );
});

test("the generated pages are up to date", () => {
  const script = path.join(repository, "scripts/generate-docs.mjs");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, "--check"],
    { encoding: "utf8" },
  );
  assert.equal(status, 0, `${stdout}${stderr}`);
});

test("the page of errors has every code of the table, and no other", () => {
  const codes = matches(pageText("docs/reference/errors.md"), /<a id="([^"]+)">/g);
  assert.deepEqual(sorted(codes), sorted(Object.keys(errorTable)));
});

test("every code of the error table is used", () => {
  const code = globSync("**/*.ts", { cwd: source })
    .filter((file) => !file.endsWith(".test.ts") && !file.startsWith(path.join("base", "error-table")))
    .map((file) => readFileSync(path.join(source, file), "utf8"))
    .join("\n");
  assert.deepEqual(
    Object.keys(errorTable).filter((name) => !code.includes(`"${name}"`)),
    [],
  );
});

test("the page of limits has every limit, and no other", () => {
  const names = matches(pageText("docs/reference/limits.md"), /^\| `(\w+)`/gm);
  assert.deepEqual(sorted(names), sorted(Object.keys(limit)));
});

test("the page of HTTP has every route, and no other", () => {
  const routes = allRoutes("0.0.0");
  const headings = matches(pageText("docs/reference/http.md"), /^### `((?:GET|POST|PUT|DELETE) [^`]+)`/gm);
  assert.deepEqual(sorted(headings), sorted(routes.map(({ method, path: address }) => `${method} ${address}`)));
});

test("the page of HTTP names the scope of every route", () => {
  const routes = allRoutes("0.0.0");
  const text = pageText("docs/reference/http.md");
  const wrong = routes.filter(({ method, path: address, scope }) => {
    const section = text.split(`### \`${method} ${address}\``)[1]?.split("\n### ")[0] ?? "";
    return !section.includes(`Scope: ${scope === "none" ? "none" : `\`${scope}\``}`);
  });
  assert.deepEqual(
    wrong.map(({ method, path: address, scope }) => `${method} ${address} needs ${scope}`),
    [],
  );
});

test("the page of monitoring has every metric, and no other", () => {
  const code = readFileSync(path.join(source, "server/metrics.ts"), "utf8");
  const named = matches(code, /\b((?:tenon|process)_[a-z0-9_]+)/g).map((name) =>
    name.replace(/_(bucket|count|sum)$/, ""),
  );
  const told = matches(pageText("docs/operate/monitoring.md"), /^\| `((?:tenon|process)_[a-z0-9_]+)/gm);
  assert.deepEqual(sorted(told), sorted(named));
});

test("the page of performance has every bench, and no other", () => {
  const benches = readdirSync(path.join(repository, "packages/tenon/bench"))
    .filter((file) => file.endsWith(".bench.ts"))
    .map((file) => file.slice(0, -".bench.ts".length));
  const told = matches(pageText("docs/operate/performance.md"), /^\| `([a-z0-9-]+)`/gm);
  assert.deepEqual(sorted(told), sorted(benches));
});

test("the example's configuration in the pages is the one that runs", () => {
  const config = readFileSync(path.join(repository, "examples/acme/tenon.config.ts"), "utf8");
  const text = pageText("docs/guides/flights.md");
  const shown = [...text.matchAll(/```ts\n(\/\/ From the example[^\n]*)\n([\s\S]*?)```/g)];
  assert.ok(shown.length > 0, "the page shows parts of the configuration");
  for (const [, , part = ""] of shown) assert.ok(config.includes(part.trim()), `the example has no\n${part}`);
});
