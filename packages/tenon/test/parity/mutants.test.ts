// Breaks the engine on purpose, or the SQL, one place at a time, in a scratch copy: the property test has to find each.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { noPostgres } from "../engines/postgres.ts";

const tenon = join(import.meta.dirname, "../..");
const root = join(tenon, "../..");
/** Below the repository, so that a copy finds its packages. */
const scratch = join(root, "test-output/mutants");
/** One app of each shape of histories. */
const histories = "62";

interface Mutant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The aggregate that shows it: every app has it. */
  readonly shows?: string;
  /** More reads, or other histories: it shows rarely. */
  readonly reads?: number;
  readonly seed?: number;
}

const mutants: Readonly<Record<string, Mutant>> = {
  "an event at the very time of a read is in the window": {
    file: "engine/window/window-sweep.ts",
    from: "if (time >= this.#at) continue;",
    to: "if (time > this.#at) continue;",
  },
  "an event at the beginning of the window is left out": {
    file: "engine/window/window-sweep.ts",
    from: "time < this.#begin) this.#leaveWindow()",
    to: "time <= this.#begin) this.#leaveWindow()",
  },
  "a tile that ends at the time of a read is taken whole": {
    file: "engine/window/window-sweep.ts",
    from: "node[start + tileMaxTime] < this.#at &&",
    to: "node[start + tileMaxTime] <= this.#at &&",
    reads: 40,
    seed: 13,
  },
  "a tile is taken whole whatever position is asked": {
    file: "engine/window/window-sweep.ts",
    from: "node[start + tileMaxSeq] <= this.#seqMax &&",
    to: "",
  },
  "a tile is taken whole whatever was received by then": {
    file: "engine/window/window-sweep.ts",
    from: "node[start + tileMaxReceivedAt] <= this.#receivedAtMax &&",
    to: "",
  },
  "a hop rounds up": {
    file: "engine/window/window-sweep.ts",
    from: "Math.floor((at - windowMs)",
    to: "Math.ceil((at - windowMs)",
  },
  "a retraction takes nothing back in rows": {
    file: "engine/window/window-sweep.ts",
    from: "if (seq === retracted) continue;",
    to: "",
  },
  "a retraction takes nothing back in tiles": {
    file: "engine/window/tile.ts",
    from: "if (!isTakenBack && !isRetraction(rows, at))",
    to: "if (!isRetraction(rows, at))",
  },
  "a retraction is cut off from its row": {
    file: "engine/window/sorted-rows.ts",
    from: "return at < rows.length && isRetraction(rows, at) ? at + stride : at;",
    to: "return at;",
  },
  "a filter is passed over": {
    file: "engine/window/window-sweep.ts",
    from: "if (cell.filter >= 0 && ((mask >>> cell.filter) & 1) === 0) continue;",
    to: "",
  },
  "a duplicate counts": {
    file: "drivers/sqlite/log-writer.ts",
    from: "if (!same || found.loggedAtMs < loggedAtMs - this.#dedupMs) continue;",
    to: "if (same || !same) continue;",
  },
  "count counts merged tiles once": {
    file: "engine/aggregate/count.ts",
    from: "this.#count += tile[start];",
    to: "this.#count++;",
  },
  "sum forgets what it carries": {
    file: "engine/aggregate/exact-sum.ts",
    from: "if (rest !== 0) partials[kept++] = rest;",
    to: "",
    shows: "sum",
  },
  "mean divides by one too many": {
    file: "engine/aggregate/mean.ts",
    from: "this.#sum.value() / this.#count;",
    to: "this.#sum.value() / (this.#count + 1);",
    shows: "mean",
  },
  "variance is of the population": {
    file: "engine/aggregate/variance.ts",
    from: "(this.#count * (this.#count - 1))",
    to: "(this.#count * this.#count)",
    shows: "variance",
  },
  "max is min": {
    file: "engine/aggregate/extremum.ts",
    from: 'which === "max" ? 1 : -1',
    to: 'which === "max" ? -1 : 1',
    shows: "max",
  },
  "first and last pass over ties": {
    file: "engine/aggregate/first-last.ts",
    from: "const later = time - this.#time || seq - this.#seq;",
    to: "const later = time - this.#time || this.#seq - seq;",
    shows: "last",
  },
  "lastN passes over ties": {
    file: "engine/aggregate/last-n.ts",
    from: "(time === otherTime && seq > otherSeq)",
    to: "(time === otherTime && seq < otherSeq)",
    shows: "lastN",
  },
  "topK loses a merged count": {
    file: "engine/aggregate/top-k.ts",
    from: "this.#take(tile[i], tile[i + 1]);",
    to: "this.#take(tile[i], 1);",
    shows: "topK",
  },
  "quantile rounds its rank down": {
    file: "engine/aggregate/quantile.ts",
    from: "Math.ceil(this.#q * this.#count)",
    to: "Math.floor(this.#q * this.#count)",
    shows: "quantile",
  },
  "distinct forgets merged tiles": {
    file: "engine/aggregate/distinct.ts",
    from: "for (let i = start + 1; i < end; i++) this.add(tile[i]);",
    to: ";",
    shows: "distinct",
  },
  "timeSince is since the first": {
    file: "engine/aggregate/last-time.ts",
    from: "if (time > this.#time) this.#time = time;",
    to: "if (!(time > this.#time) || this.#time < 0) this.#time = time;",
    shows: "timeSince",
  },
  "decay runs backwards": { file: "engine/aggregate/decayed.ts", from: "2 ** (-passedMs", to: "2 ** (passedMs" },
  "groups are mixed up": {
    file: "engine/aggregate/grouped.ts",
    from: "this.#group(group)?.add(",
    to: "this.#group(Math.floor(group / 2))?.add(",
    shows: "decayedSum",
  },
  "a table's row lives a millisecond longer": {
    file: "engine/aggregate/latest.ts",
    from: "at - this.#time <= this.#ttlMs",
    to: "at - this.#time <= this.#ttlMs + 1",
  },
  "a table's row is not there at its first millisecond": {
    file: "service/materialize/lane-rows.ts",
    from: "isSent(event) ? 0 : 1",
    to: "isSent(event) ? 0 : 0",
  },
  "SQL takes an event at the very time of a read": {
    file: "sql/lane-sql.ts",
    from: " < r._t`,",
    to: " <= r._t`,",
  },
  "SQL passes over retractions": { file: "sql/lane-sql.ts", from: "      ...takenBack,", to: "" },
  "SQL passes over positions": {
    file: "sql/feature-sql.ts",
    from: "coalesce(",
    to: "greatest(",
  },
  "SQL sees what is received later": {
    file: "sql/feature-sql.ts",
    from: "= 'corrected' THEN",
    to: "IS DISTINCT FROM 'nothing' THEN",
  },
  "SQL's hop rounds up": { file: "sql/window.ts", from: "} - ((", to: "} + ((" },
  "SQL's null is unequal to others by three-valued logic": {
    file: "sql/condition.ts",
    from: " IS NULL`, ...others]",
    to: " = NULL`, ...others]",
    reads: 20,
  },
  "SQL's last passes over ties": {
    file: "sql/dialect/postgres.ts",
    from: "_position DESC)`, when)})[1]`",
    to: "_position)`, when)})[1]`",
    shows: "last",
  },
  "SQL's groups are of every window": {
    file: "sql/many-values.ts",
    from: "whereAll([...aggregated.when, ...present,",
    to: "whereAll([...present,",
    reads: 20,
  },
  "SQL's table row lives a millisecond longer": {
    file: "sql/lane-sql.ts",
    from: " > r._t - ",
    to: " >= r._t - ",
  },
};

after(() => rmSync(scratch, { recursive: true, force: true }));

for (const [what, { file, from, to, shows, reads = 6, seed = 11 }] of Object.entries(mutants)) {
  const isSql = file.startsWith("sql/");
  const skip = isSql && noPostgres;
  test(`the property test finds it where ${what}`, { skip, timeout: 240_000 }, async () => {
    const copy = join(scratch, what.replaceAll(/\W+/g, "-"), "packages/tenon");
    mkdirSync(copy, { recursive: true });
    for (const folder of ["src", "test/parity", "test/engines", "package.json"])
      cpSync(join(tenon, folder), join(copy, folder), { recursive: true });
    // The random app imports "tenon": the copy's own.
    mkdirSync(join(copy, "node_modules"));
    symlinkSync(copy, join(copy, "node_modules/tenon"));
    const place = join(copy, "src", file);
    const source = readFileSync(place, "utf8");
    assert.equal(source.split(from).length, 2, `${file} has the place once: ${from}`);
    writeFileSync(place, source.replace(from, to));
    const { code, output } = await run(copy, { shows, reads, seed, isSql });
    assert.notEqual(code, 0, "nothing failed");
    assert.match(output, /AssertionError/, output.slice(-2_000));
    rmSync(copy, { recursive: true, force: true });
  });
}

function run(
  copy: string,
  {
    shows,
    reads,
    seed,
    isSql,
  }: { readonly shows: string | undefined; readonly reads: number; readonly seed: number; readonly isSql: boolean },
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ["--disable-warning=ExperimentalWarning", "--test", join(copy, "test/parity/parity.test.ts")];
  // One seed: a mutant that is found is found each time.
  const drawn = { TENON_SEED: String(seed), TENON_PARITY_HISTORIES: histories, TENON_PARITY_READS: String(reads) };
  const proof = isSql ? {} : { TENON_PARITY_SQL: "none" };
  const asked = shows === undefined ? {} : { TENON_PARITY_FUNCTION: shows };
  const child = spawn(process.execPath, args, { env: { ...env, ...drawn, ...asked, ...proof } });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve({ code, output }));
  });
}
