// The commands of the pages, in one folder and in the order of reading: each has to end well and to say what its page
// shows, but for numbers, times and ids. `TENON_DOCS=write` writes what they said into the pages.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { blocksOf, type DocBlock, pageText, repository } from "./doc-pages.ts";
import { DocShell, type RunOutput } from "./run-blocks.ts";

/** One scenario: what a page did is there for the next. */
const pages = [
  "docs/start/first-prediction.md",
  "docs/guides/events-in.md",
  "docs/guides/reading-features.md",
  "docs/guides/training.md",
  "docs/operate/monitoring.md",
  "docs/operate/data-directory.md",
  "docs/guides/importing-history.md",
  "docs/guides/score-in-bulk.md",
];
const commandsMin = 20;
const writes = process.env.TENON_DOCS === "write";

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const skip = !hasCurl && process.env.CI !== "true" ? "no curl on this machine" : false;

const isRun = ({ language, text }: DocBlock): boolean => language === "sh" && /^# run\b/.test(text);
const fileOf = ({ language, text }: DocBlock): string | undefined =>
  language === "js" ? /^\/\/ (\S+\.mjs)/.exec(text)?.[1] : undefined;

test("the commands of the pages do what the pages say", { skip, timeout: 300_000 }, async () => {
  await using shell = await DocShell.open();
  let count = 0;
  for (const page of pages) {
    const told: { readonly block: DocBlock; readonly stdout: string }[] = [];
    const blocks = blocksOf(page);
    for (const [index, block] of blocks.entries()) {
      const file = fileOf(block);
      if (file !== undefined) shell.put(file, `${block.text}\n`);
      if (!isRun(block)) continue;
      count++;
      const output = await run(shell, block);
      assert.equal(output.status, 0, `${page}:${block.line}\n${block.text}\n${output.stdout}\n${output.stderr}`);
      const shown = blocks[index + 1];
      if (shown?.follows && (shown.language === "text" || shown.language === "json")) {
        told.push({ block: shown, stdout: output.stdout });
        if (!writes) assert.equal(outline(output.stdout, shown), outline(shown.text, shown), `${page}:${shown.line}`);
      }
    }
    if (writes) write(page, told);
  }
  assert.ok(count >= commandsMin, `${count} commands were run`);
  assert.deepEqual(await shell.stop(), [0], "the server ends well");
});

async function run(shell: DocShell, { text }: DocBlock): Promise<RunOutput> {
  return text.startsWith("# run, and leave it running") ? shell.leaveRunning(text) : shell.run(text);
}

/** What stays the same from run to run and from machine to machine. */
const outline = (text: string, { language }: DocBlock): string =>
  (language === "json" ? JSON.stringify(JSON.parse(text)) : text)
    // Whether the disk is low is the machine's matter.
    .replaceAll(/^. disk: .*$/gm, "DISK")
    .replaceAll(/"requestId":"[^"]*"/g, "REQUEST")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,}/g, "ID")
    .replaceAll(/\b\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, "TIME")
    .replaceAll(/\b[0-9a-f]{16,}\b/g, "HASH")
    .replaceAll(/((?:position|applied|log at|features at)"?:?\s*"?)p[0-9a-z]{1,11}\b/g, "$1POSITION")
    .replaceAll(/(\d+ (d|h|m|s|ms) ?)+old/g, "AGE")
    .replaceAll(/-?\d+(\.\d+)?(e-?\d+)?/g, "N")
    .replaceAll(/\s+/g, " ")
    .trim();

function write(page: string, told: readonly { readonly block: DocBlock; readonly stdout: string }[]): void {
  const lines = pageText(page).split("\n");
  // From the last to the first: the lines before stay where they are.
  for (const { block, stdout } of told.toReversed()) {
    const text = block.language === "json" ? spread(stdout) : stdout;
    lines.splice(block.line, block.lineCount, ...text.split("\n"));
  }
  writeFileSync(path.join(repository, page), lines.join("\n"));
  spawnSync(path.join(repository, "node_modules/.bin/biome"), ["format", "--write", page], { cwd: repository });
}

/** JSON as a person writes it: spread out where it is long. */
function spread(text: string): string {
  const value: unknown = JSON.parse(text);
  return text.length <= 110
    ? text
    : JSON.stringify(value, undefined, 2).replaceAll(/[[{]\s+([^[\]{}]{1,90}?)\s+[\]}]/g, flat);
}

const flat = (part: string): string => {
  const line = part.replaceAll(/\s*\n\s*/g, " ");
  return line.length <= 110 ? line : part;
};
