import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { checkedBuild } from "../../src/run/checked-build.ts";
import { typeCheck } from "../types/compiler.ts";
import { allBlocks, type DocBlock } from "./doc-pages.ts";

const mark = "// tenon.config.ts";
/** The pages would have fewer only if the mark were misspelt. */
const configurationsMin = 10;

const configurations = allBlocks().filter(({ language, text }) => language === "ts" && text.startsWith(mark));
const placeOf = ({ page, line }: DocBlock): string => `${page}:${line}`;

test("the pages have configurations to check", () => {
  assert.ok(configurations.length >= configurationsMin, `found ${configurations.length}`);
});

test("every configuration of the pages type-checks", () => {
  const sources = new Map(configurations.map((block) => [placeOf(block).replace(/\W+/g, "-"), block.text]));
  const { sentences } = typeCheck(sources);
  const bad = [...sentences].filter(([, found]) => found.length > 0);
  assert.deepEqual(bad, []);
});

test("every configuration of the pages compiles, and its functions are pure", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "tenon-docs-"));
  const bad: string[] = [];
  try {
    for (const [index, block] of configurations.entries()) {
      const configFile = path.join(dir, `config-${index}.ts`);
      await writeFile(configFile, block.text);
      try {
        await checkedBuild({ configFile, outDir: path.join(dir, "builds") });
      } catch (thrown) {
        bad.push(`${placeOf(block)}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      }
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  assert.deepEqual(bad, []);
});
