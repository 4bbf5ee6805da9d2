import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { TenonError } from "../../base/error.ts";
import { packageVersion } from "../../run/version.ts";
import { type Command, type CommandCall, exitCodes } from "../command.ts";
import { flagText } from "../flags.ts";
import { type Proposal, proposal } from "../postgres/proposal.ts";
import { packageNameOf, starterFiles } from "../starter-files.ts";

export const init: Command = {
  name: "init",
  summary: "Start an app: a configuration that answers its first prediction with zero events",
  usage: "tenon init [DIR]",
  options: [
    { flag: "--from", value: "postgres", about: "Propose the configuration from the tables of a database" },
    {
      flag: "--url",
      value: "NAME|URL",
      about: "The database: the environment variable that has its address, or the address, which is not written",
    },
  ],
  examples: [
    "tenon init",
    "tenon init shop && cd shop && npm install && npx tenon dev",
    "npm install tenon pg && npx tenon init --from postgres --url DATABASE_URL",
  ],
  async run(call) {
    const { words, output } = call;
    const dir = resolve(words[0] ?? ".");
    if (existsSync(join(dir, "tenon.config.ts")))
      throw new TenonError(
        "cli.usage",
        `${dir} has a tenon.config.ts already, and init overwrites nothing; name a new folder: tenon init DIR`,
      );
    const proposed = await proposedOf(call);
    await mkdir(dir, { recursive: true });
    const written: string[] = [];
    const kept: string[] = [];
    for (const [name, text] of Object.entries(starterFiles(packageNameOf(basename(dir)), packageVersion, proposed))) {
      const isThere = existsSync(join(dir, name));
      if (!isThere) await writeFile(join(dir, name), text, { flag: "wx" });
      (isThere ? kept : written).push(name);
    }
    const next = [
      ...(relative(".", dir) === "" ? [] : [`cd ${relative(".", dir)}`]),
      ...(hasTenon(dir)
        ? []
        : [
            kept.includes("package.json") && !namesTenon(dir)
              ? `npm install tenon${proposed === undefined ? "" : " pg"}`
              : "npm install",
          ]),
      ...(proposed?.exports ?? []),
      "npx tenon dev",
    ];
    output.text(`${output.paint("green", "✓")} Written in ${dir}: ${written.join(", ")}`);
    for (const line of proposed?.told ?? []) output.text(`  ${line}`);
    if (kept.includes("package.json") && !isModule(join(dir, "package.json")))
      output.note('  tenon.config.ts is an ES module: put "type": "module" in your package.json.');
    if (kept.length > 0) output.text(`  Left as they were: ${kept.join(", ")}`);
    output.text(`\nNext:\n${next.map((line) => `  ${output.paint("cyan", line)}`).join("\n")}`);
    output.value({ dir, written, kept, next });
    return exitCodes.ok;
  },
};

/** A configuration of a database's tables, or undefined where none was asked for. */
async function proposedOf(call: CommandCall): Promise<Proposal | undefined> {
  const [from, url] = [flagText(call, "from"), flagText(call, "url")];
  if (from === undefined && url === undefined) return undefined;
  if (from !== "postgres") throw new TenonError("cli.usage", `--from takes postgres; found ${from ?? "nothing"}`);
  if (url === undefined)
    throw new TenonError("cli.usage", "--from postgres takes --url: the variable that has the address, or the address");
  return proposal(url, process.env);
}

const hasTenon = (dir: string): boolean => existsSync(join(dir, "node_modules", "tenon", "package.json"));

function namesTenon(dir: string): boolean {
  try {
    const manifest: { dependencies?: object; devDependencies?: object } = JSON.parse(
      readFileSync(join(dir, "package.json"), "utf8"),
    );
    return "tenon" in { ...manifest.dependencies, ...manifest.devDependencies };
  } catch {
    return false;
  }
}

/** Whether a folder's package.json makes modules of its files. */
function isModule(file: string): boolean {
  try {
    return JSON.parse(readFileSync(file, "utf8")).type === "module";
  } catch {
    return false;
  }
}
