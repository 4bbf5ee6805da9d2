// The example of the page on SQL: the text is the one that its configuration gives, and PostgreSQL says what the page says.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { checkedBuild } from "../../src/run/checked-build.ts";
import { postgres } from "../../src/sql/dialect/postgres.ts";
import { featureSql } from "../../src/sql/feature-sql.ts";
import { createReads } from "../../src/sql/relation.ts";
import { noPostgres, startPostgres } from "../engines/postgres.ts";
import { blocksOf, pageText, repository } from "./doc-pages.ts";

const page = "docs/guides/feature-sql.md";
const mark = "-- The text\n";
const blockOf = (language: string, begin: string): string => {
  const found = blocksOf(page).filter((block) => block.language === language && block.text.startsWith(begin));
  assert.equal(found.length, 1, `${page} has one block of ${language} that begins with ${begin}`);
  return found[0].text;
};

async function generated(): Promise<{ readonly text: string; readonly reads: string }> {
  const dir = await mkdtemp(path.join(tmpdir(), "tenon-docs-"));
  try {
    const configFile = path.join(dir, "tenon.config.ts");
    await writeFile(configFile, blockOf("ts", "// tenon.config.ts"));
    const { plan } = (await checkedBuild({ configFile, outDir: path.join(dir, "builds") })).build;
    const set = plan.featureSets[0];
    return { text: `${featureSql(plan, set, postgres)};`, reads: `${createReads(set, postgres)};` };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

test("the page shows the text that its configuration gives", async () => {
  const { text, reads } = await generated();
  if (process.env.TENON_DOCS === "write") write(text);
  assert.equal(blockOf("sql", mark.trim()), `${mark}${text}`);
  assert.ok(blockOf("sql", "-- The reads").includes(reads));
});

test("PostgreSQL answers what the page says", { skip: noPostgres }, async () => {
  await using server = await startPostgres();
  for (const begin of ["-- Your table", "-- The reads"]) await server.query(blockOf("sql", begin));
  const rows = await server.query(blockOf("sql", mark.trim()));
  const shown = [Object.keys(rows[0]).join(" | ")].concat(
    rows.map((row) => Object.values(row).map(shownValue).join(" | ")),
  );
  assert.equal(shown.join("\n"), blockOf("text", "n | "));
});

const shownValue = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Puts the text into the page. */
function write(text: string): void {
  const before = `\`\`\`sql\n${blockOf("sql", mark.trim())}\n\`\`\``;
  const file = path.join(repository, page);
  writeFileSync(
    file,
    pageText(page).replace(before, () => `\`\`\`sql\n${mark}${text}\n\`\`\``),
  );
}
