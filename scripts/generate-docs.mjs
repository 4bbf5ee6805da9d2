// Writes the reference pages that are made of code: `node scripts/generate-docs.mjs`. With `--check` it writes nothing
// and fails where a page is not what it would write.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { handOver, root } from "./setup.mjs";

const neededMajor = 24;
const args = process.argv.slice(2);

async function main(isCheck) {
  const source = join(root, "packages/tenon/src");
  const { errorTable } = await import(join(source, "base/error-table.ts"));
  const { limit } = await import(join(source, "base/limit.ts"));
  const { commands } = await import(join(source, "cli/commands.ts"));
  const { commonOptions } = await import(join(source, "cli/command.ts"));
  const pages = {
    "docs/reference/errors.md": errorsPage(
      errorTable,
      await membersOf(join(source, "base/error-table.ts"), "errorTable"),
    ),
    "docs/reference/limits.md": limitsPage(limit, await membersOf(join(source, "base/limit.ts"), "limit")),
    "docs/reference/cli.md": commandsPage(commands, commonOptions),
  };
  const stale = Object.entries(pages)
    .map(([page, text]) => [page, formatted(page, text)])
    .filter(([page, text]) => {
      const file = join(root, page);
      return !existsSync(file) || readFileSync(file, "utf8") !== text;
    });
  for (const [page, text] of stale) {
    if (isCheck) console.error(`${page} is out of date: run node_modules/.bin/node scripts/generate-docs.mjs`);
    else {
      writeFileSync(join(root, page), text);
      console.log(`written: ${page}`);
    }
  }
  return isCheck && stale.length > 0 ? 1 : 0;
}

/** As `npm run check` wants it. */
function formatted(page, text) {
  const biome = join(root, "node_modules/.bin/biome");
  const { status, stdout, stderr } = spawnSync(biome, ["format", `--stdin-file-path=${page}`], {
    cwd: root,
    input: text,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${page} cannot be formatted: ${stderr}`);
  return stdout;
}

/** The members of an object in a source file: the doc comment of each and the heading that stands above it. */
async function membersOf(file, name) {
  const { default: ts } = await import("typescript");
  const text = readFileSync(file, "utf8");
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  let literal;
  const find = (node) => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name) {
      literal = node.initializer;
      while (!ts.isObjectLiteralExpression(literal)) literal = literal.expression;
    } else ts.forEachChild(node, find);
  };
  find(parsed);
  let heading = "";
  const members = [];
  for (const property of literal.properties) {
    const comments = (ts.getLeadingCommentRanges(text, property.getFullStart()) ?? []).map(({ pos, end }) =>
      text.slice(pos, end),
    );
    for (const comment of comments) if (comment.startsWith("//")) heading = comment.replace(/^\/\/\s*/, "");
    const doc = comments.findLast((comment) => comment.startsWith("/**"));
    const about = doc?.replaceAll(/^\/\*\*\s*|\s*\*\/$|^\s*\*\s?/gm, "").replaceAll(/\s+/g, " ");
    // A part of the object that stands in a file of its own.
    if (ts.isSpreadAssignment(property)) {
      const part = property.expression.getText();
      const from = new RegExp(`import \\{[^}]*\\b${part}\\b[^}]*\\} from "([^"]+)"`).exec(text)[1];
      members.push(...(await membersOf(join(file, "..", from), part)));
    } else members.push({ name: property.name.text, heading, about: about?.trim() });
  }
  return members;
}

/** Where a generated page comes from, for who would edit it. */
const madeOf = (file) => `<!-- Made by scripts/generate-docs.mjs of packages/tenon/src/${file}: edit that. -->\n`;

const cell = (text) => text.replaceAll("|", "\\|");

const retries = {
  no: "no",
  later: "yes, later",
  changed: "with another request",
};

function errorsPage(table, members) {
  const sections = Map.groupBy(members, ({ heading }) => heading);
  const lines = [
    "# Errors",
    "",
    madeOf("base/error-table.ts"),
    "Every error has a code. Over HTTP it is `application/problem+json` (RFC 9457) with `code`, `title`, `status`, `detail`, `remedy`,",
    "`requestId`, and `errors` with the path of each field that is wrong. On the command line it is a line with the code in brackets and",
    "a line with the remedy. In the process it is a `TenonError`. The codes do not change; the sentences may.",
    "",
    "*Again?* says whether the same call may succeed: `no`, `later` without a change, or only with another request. An answer with status",
    "429 or 503 names the wait in `Retry-After`.",
  ];
  for (const [heading, entries] of sections) {
    lines.push(
      "",
      `## ${heading}`,
      "",
      "| code | status | what it says | what to do | again? |",
      "| --- | --- | --- | --- | --- |",
    );
    for (const { name } of entries) {
      const { status, retry, title, remedy } = table[name];
      lines.push(
        `| <a id="${name}"></a>\`${name}\` | ${status} | ${cell(title)} | ${cell(remedy)} | ${retries[retry]} |`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function limitsPage(limits, members) {
  let about = "";
  const rows = members.map(({ name, about: own }) => {
    // A limit without a sentence is the one above it in another unit.
    about = own ?? about;
    return `| \`${name}\` | ${amount(name, limits[name])} | ${cell(about)} |`;
  });
  return `${[
    "# Limits",
    "",
    madeOf("base/limit.ts"),
    "Every queue, body, loop and wait has a bound. None of them is an option: a bound that a team meets is a reason to send less at a",
    "time, not to raise it. What is refused is refused with an [error](errors.md) that names the bound.",
    "",
    "| limit | value | of what |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n")}\n`;
}

function amount(name, value) {
  if (/Bytes/.test(name))
    return value >= 2 ** 20 ? `${value / 2 ** 20} MiB` : value >= 1_024 ? `${value / 1_024} KiB` : `${value} bytes`;
  if (/Ms/.test(name)) return value >= 60_000 ? `${value / 60_000} min` : `${value / 1_000} s`;
  return value >= 1e15 ? value.toExponential().replace("e+", "e") : value.toLocaleString("en");
}

function commandsPage(commands, commonOptions) {
  const optionLine = ({ flag, value, about, list }) =>
    `- \`${flag}${value === undefined ? "" : ` ${value}`}\`: ${about}${list ? " (separated by commas, or the flag again)" : ""}`;
  const lines = [
    "# The command line",
    "",
    madeOf("cli/commands/"),
    "`tenon` reads the `tenon.config.ts` of the present folder and the data directory `.tenon` beside it. Where a process runs on that",
    "directory, a command talks to it over a Unix socket that only the owner of the files can open; otherwise it starts the app for",
    "itself, or says that nothing runs.",
    "",
    "| command | what it does |",
    "| --- | --- |",
    ...commands.map(({ name, summary }) => `| [\`${name}\`](#${name.replaceAll(" ", "-")}) | ${cell(summary)} |`),
    "",
    "Every command takes:",
    "",
    ...commonOptions.map(optionLine),
    "",
    "Exit codes: 0 done, 1 failed, 2 not understood, 3 nothing runs where something has to.",
  ];
  for (const { name, summary, usage, options, examples } of commands) {
    lines.push("", `## ${name}`, "", `${summary}.`, "", "```text", usage, "```");
    if (options.length > 0) lines.push("", ...options.map(optionLine));
    if (examples.length > 0) lines.push("", "```sh", ...examples, "```");
  }
  return `${lines.join("\n")}\n`;
}

if (Number(process.versions.node.split(".")[0]) < neededMajor) handOver("scripts/generate-docs.mjs", args);
else process.exit(await main(args.includes("--check")));
