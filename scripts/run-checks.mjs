import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { root } from "./setup.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);
const layersModulesMin = 100;

const steps = [
  { name: "format and lint", run: () => run(bin("biome"), ["check", "--error-on-warnings", "."]) },
  ...["packages/tenon", "packages/client", "console", "examples/acme"].map((member) => ({
    name: `types of ${member}`,
    run: () =>
      run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, member, "tsconfig.json")]),
  })),
  { name: "layers", run: checkLayers },
  {
    name: "unused code",
    run: () => run(process.execPath, [join(root, "node_modules/knip/bin/knip.js"), "--no-progress"]),
  },
];

await build({ quiet: true });
let failed = 0;
for (const step of steps) {
  const startedMs = performance.now();
  const ok = step.run();
  if (!ok) failed++;
  console.log(`${ok ? "✔" : "✖"} ${step.name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
}
process.exit(failed > 0 ? 1 : 0);

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) console.log(`${stdout}${stderr}`.split("\n").slice(0, 80).join("\n"));
  return status === 0;
}

/** A layer check that sees no modules would pass for ever. */
function checkLayers() {
  const cruiser = join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const sources = ["packages/tenon/src", "packages/client/src"].filter((path) => existsSync(join(root, path)));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [cruiser, ...sources, "--config", ".dependency-cruiser.cjs", "--output-type", "json"],
    { cwd: root, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
  );
  if (stdout === "") {
    console.log(stderr);
    return false;
  }
  const { modules, summary } = JSON.parse(stdout);
  const errors = summary.violations.filter((violation) => violation.rule.severity === "error");
  for (const { rule, from, to } of errors.slice(0, 60)) console.log(`  ${rule.name}: ${from} → ${to}`);
  if (modules.length < layersModulesMin)
    console.log(`  only ${modules.length} modules were seen, at least ${layersModulesMin} are there`);
  return errors.length === 0 && modules.length >= layersModulesMin;
}
