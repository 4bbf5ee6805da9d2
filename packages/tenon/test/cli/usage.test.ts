import assert from "node:assert/strict";
import { test } from "node:test";
import { commands } from "../../src/cli/commands.ts";
import { run } from "../../src/cli/main.ts";

/** Calls that need no app and no process of their own. */
async function tenon(...args: string[]) {
  let stdout = "";
  let stderr = "";
  const streams = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    env: { NO_COLOR: "1" },
  };
  const code = await run(args, streams);
  return {
    code,
    stdout,
    stderr,
    values: () =>
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
  };
}

const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["keyz", "list"], /"keyz" is no command of tenon\. Did you mean "keys"\?/],
  [["trains", "x"], /Did you mean "train"\?/],
  [["keys"], /tenon keys has the commands create, list, revoke/],
  [["keys", "lst"], /"lst" is none of them\. Did you mean "keys list"\?/],
  [["train"], /MODEL is missing: tenon train MODEL/],
  [["train", "a", "b"], /"b" is one word too many/],
  [["train", "a", "--row", "5"], /tenon train has no option --row\. Did you mean "--rows"\?/],
  [["train", "a", "--rows"], /--rows takes a value: --rows N/],
  [["train", "a", "--rows", "many"], /--rows takes a whole number from 1/],
  [["dev", "--port", "70000"], /--port takes a whole number from 0 to 65535/],
  [["keys", "create", "--scope", "predct"], /"predct" is none of them\. Did you mean "predict"\?/],
  [["predict", "limit", "{"], /"\{" is not JSON/],
  [["trian"], /Did you mean "train"\?/],
  [["events", "dead", "replay", "payment"], /name the ids of the dead letters, or write --all/],
  [["events", "dead", "drop", "payment", "p1", "--all"], /name the ids of the dead letters, or write --all/],
  [["events", "send", "payment", "-", "--latency", "5m"], /add --import/],
  [["features", "sql", "spend", "--dialect", "sparc"], /--dialect takes postgres or spark\. Did you mean "spark"\?/],
  [["--nope"], /tenon help has no option --nope/],
];

for (const [args, says] of wrong) {
  test(`"tenon ${args.join(" ")}" is a usage error that helps`, async () => {
    const { code, stdout, stderr } = await tenon(...args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, says);
    assert.match(stderr, /\[cli\.usage\]\n {2}→ See `tenon help COMMAND`\./);
  });
}

test("with --json an error is one line of JSON on standard error, and standard output stays empty", async () => {
  const { code, stdout, stderr } = await tenon("plan", "--json", "--config", "/nowhere/tenon.config.ts");
  assert.deepEqual([code, stdout], [1, ""]);
  const { error }: { error: { code: string; remedy: string } } = JSON.parse(stderr);
  assert.equal(error.code, "config.missing");
  assert.match(error.remedy, /tenon init/);
});

test("help lists every command, and tells of each its usage and examples", async () => {
  const all = await tenon();
  assert.equal(all.code, 0);
  for (const { name, summary } of commands)
    assert.ok(all.stdout.includes(`  ${name}`) && all.stdout.includes(summary), name);
  const one = await tenon("help", "keys", "create");
  assert.match(one.stdout, /Usage {2}tenon keys create[\s\S]*--scope LIST[\s\S]*--json[\s\S]*Examples/);
  assert.equal((await tenon("keys", "create", "--help")).stdout, one.stdout);
  assert.deepEqual(
    (await tenon("help", "keys", "--json")).values().map(({ name }) => name),
    ["keys create", "keys list", "keys revoke"],
  );
  assert.equal((await tenon("keys", "--help")).stdout, (await tenon("help", "keys")).stdout);
  // A word that is a command of its own, and has others beside it.
  assert.deepEqual(
    (await tenon("help", "features", "--json")).values().map(({ name }) => name),
    ["features", "features list", "features show", "features lineage", "features sql", "features backfill"],
  );
});

test("every command has a usage that begins with its name, and an example of it", () => {
  for (const { name, usage, examples } of commands) {
    assert.ok(usage === `tenon ${name}` || usage.startsWith(`tenon ${name} `), name);
    assert.ok(
      examples.some((example) => example.includes(`tenon ${name}`)),
      name,
    );
  }
});

test("version tells Tenon's and Node's", async () => {
  for (const args of [["version"], ["--version"], ["-v"]])
    assert.match((await tenon(...args)).stdout, /^tenon \d+\.\d+\.\d+ on Node v\d+/);
  assert.deepEqual(Object.keys((await tenon("version", "--json")).values()[0]), ["tenon", "node"]);
});
