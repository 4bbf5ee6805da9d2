// The example of nightly scores, as its page tells it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { noPostgres, startPostgres } from "../engines/postgres.ts";
import { folder, startDev, tenon } from "./command-line.ts";

const example = join(import.meta.dirname, "../../../../examples/acme/churn");

test("churn scores are written every night into a table that people read", {
  skip: noPostgres,
  timeout: 180_000,
}, async () => {
  await using postgres = await startPostgres();
  await using at = await folder();
  for (const file of ["tenon.config.ts", "history.mjs", "nightly.sh"])
    await copyFile(join(example, file), join(at.dir, file));
  const entry = join(import.meta.dirname, "tenon.ts");
  await mkdir(join(at.dir, "bin"));
  await writeFile(
    join(at.dir, "bin/npx"),
    `#!/bin/sh\nshift\nexec "${process.execPath}" --disable-warning=ExperimentalWarning "${entry}" "$@"\n`,
  );
  await chmod(join(at.dir, "bin/npx"), 0o755);
  const run = (command: string, ...args: string[]): Promise<{ code: number | null; text: string }> => {
    const env = { ...process.env, PATH: `${join(at.dir, "bin")}:${process.env.PATH}`, DATABASE_URL: postgres.url };
    const child = spawn(command, args, { cwd: at.dir, env, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
  };
  assert.equal((await run(process.execPath, "history.mjs")).code, 0);
  const dev = await startDev(at.dir);
  try {
    const expectOk = async (...args: string[]) => {
      const { code, values, stderr } = await tenon(at.dir, ...args, "--json");
      assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
      return values[0];
    };
    await expectOk("tables", "import", "plan", "plans.ndjson");
    for (const [name, file] of [
      ["cancelled", "cancellations"],
      ["ticket", "tickets"],
      ["login", "logins"],
    ])
      await expectOk("events", "import", name!, `${file}.ndjson`, "--complete");
    const version = await expectOk("train", "churn");
    assert.equal(version.live, true, JSON.stringify(version.gates));

    for (const night of [1, 2]) {
      const { code, text } = await run("./nightly.sh");
      assert.equal(code, 0, text);
      assert.match(text, /\d+ scored into churn_scores/);
      const [first] = await postgres.query(
        `select count(*)::int n, count(distinct account)::int accounts, count(distinct model)::int models, min(model) model,
           sum(cardinality(degraded))::int degraded, max(predicted_at) > now() - interval '10 minutes' fresh,
           bool_and((action = 'none') = (score <= 0.2)) decided from churn_scores`,
      );
      const { n, ...rest } = first!;
      assert.ok(Number(n) > 150 && Number(n) < 500, `${n} accounts pay`);
      assert.deepEqual(
        rest,
        { accounts: n, models: 1, model: "churn@1", degraded: 0, fresh: true, decided: true },
        `night ${night}`,
      );
    }
    // Who was away for weeks is likelier to leave than who was here yesterday.
    const [compared] = await postgres.query(
      `select avg(score) filter (where (features->>'usage.logins_28d')::int <= 4) fading,
         avg(score) filter (where (features->>'usage.logins_28d')::int >= 12) staying from churn_scores`,
    );
    const { fading, staying } = compared as { fading: number; staying: number };
    assert.ok(fading > 3 * staying, `${fading} and ${staying}`);
  } finally {
    await dev.stop();
  }
});
