// `npm run bench -- NAME [--json] [--quick] [--runs N]`; without a name, the list.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { root } from "./setup.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, quick: { type: "boolean" }, runs: { type: "string" } },
});
const dir = join(root, "packages/tenon/bench");
const names = readdirSync(dir)
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.slice(0, -".bench.ts".length));
if (positionals.length === 0 || positionals.some((name) => !names.includes(name))) {
  console.error(`Benches: ${names.join(", ")}. Run one with: npm run bench -- NAME [--json] [--quick] [--runs N]`);
  process.exit(positionals.length === 0 ? 0 : 2);
}

const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.version}`;
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
let met = true;
for (const name of positionals) {
  const { run } = await import(pathToFileURL(join(dir, `${name}.bench.ts`)).href);
  const runs = Number(values.runs ?? (values.quick ? 2 : 5));
  const result = await run({ runs, quick: values.quick === true });
  met &&= result.met;
  if (!values.json) {
    console.log(
      `${name}: ratio ${result.ratio.toFixed(2)}, target ${result.target}: ${result.met ? "met" : "missed"} (${runs} runs, ${machine}, commit ${commit})`,
    );
    for (const [figure, value] of Object.entries(result.figures)) console.log(`  ${figure}: ${value}`);
  } else
    console.log(
      JSON.stringify({
        ...result,
        machine,
        command: `npm run bench -- ${name}${values.quick ? " --quick" : ""}`,
        runs,
      }),
    );
}
process.exit(met ? 0 : 1);
