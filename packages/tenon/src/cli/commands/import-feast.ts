import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { messageOf, TenonError } from "../../base/error.ts";
import { type Command, type CommandCall, exitCodes } from "../command.ts";
import { carriedConfig } from "../feast/carried-config.ts";
import { feastRegistry } from "../feast/registry-dump.ts";
import { flagText } from "../flags.ts";

/** A registry with a thousand views is a few MB. */
const dumpBytesMax = 256 * 1024 * 1024;

export const importFeast: Command = {
  name: "import feast",
  summary: "Write a configuration from a Feast repository: its entities, and its views as tables",
  usage: "tenon import feast REPOSITORY",
  options: [
    { flag: "--out", value: "DIR", about: "Where tenon.config.ts is written; default this folder" },
    { flag: "--feast", value: "COMMAND", about: "Feast's own command, for a repository; default feast" },
  ],
  examples: [
    "tenon import feast ./feature_repo",
    "feast registry-dump > registry.json && tenon import feast registry.json --out shop",
  ],
  async run(call) {
    const { output, words } = call;
    const dir = resolve(flagText(call, "out") ?? ".");
    const file = join(dir, "tenon.config.ts");
    if (existsSync(file))
      throw new TenonError(
        "cli.usage",
        `${file} is there already, and nothing is overwritten; name a folder with --out`,
      );
    const source = words[0] ?? "";
    const { text, carried, left, history } = carriedConfig(
      feastRegistry(await dumpOf(call, source), source),
      statSync(source).isDirectory() ? source : dirname(source),
    );
    await mkdir(dir, { recursive: true });
    await writeFile(file, text, { flag: "wx" });
    output.text(
      `${output.paint("green", "✓")} Written: ${file} with ${carried.entities} entities and ${carried.tables} tables`,
    );
    if (left.length > 0) output.text("\nNot carried:");
    for (const line of left) output.text(`  ${line}`);
    if (history.length > 0) output.text("\nTheir history, by Feast's own client, once `tenon dev --feast 6566` runs:");
    for (const line of history) output.text(`  ${output.paint("cyan", line)}`);
    output.value({ file, carried, left, history });
    return exitCodes.ok;
  },
};

/** A dump as it is, or what Feast dumps of a repository. */
async function dumpOf(call: CommandCall, source: string): Promise<string> {
  if (!existsSync(source)) throw new TenonError("cli.usage", `${source} is neither a file nor a folder`);
  if (!statSync(source).isDirectory())
    return readFile(source, "utf8").catch((thrown) => {
      throw new TenonError("cli.usage", `${source} cannot be read: ${messageOf(thrown)}`);
    });
  const feast = flagText(call, "feast") ?? "feast";
  const { status, stdout, stderr, error } = spawnSync(feast, ["-c", source, "registry-dump"], {
    encoding: "utf8",
    maxBuffer: dumpBytesMax,
  });
  if (status === 0) return stdout;
  const why = error === undefined ? stderr.trim().split("\n").at(-1) : error.message;
  throw new TenonError(
    "cli.usage",
    `${feast} does not dump the registry of ${source}: ${why}; name it with --feast, or give the file that it dumps`,
  );
}
