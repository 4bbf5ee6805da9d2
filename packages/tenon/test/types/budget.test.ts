import assert from "node:assert/strict";
import { test } from "node:test";
import { typeCheck } from "./compiler.ts";
import { definitionCount, thousandDefinitions } from "./thousand.ts";

const secondsMax = 5;
/** Independent of the machine: about twice what 1,000 definitions need now. */
const instantiationsMax = 400_000;

/** CPU seconds of a type check, all threads of this process, and what it counted. */
function measure(source: string): { readonly seconds: number; readonly instantiations: number } {
  const before = process.cpuUsage();
  const { sentences, instantiations } = typeCheck(new Map([["thousand", source]]));
  const { user, system } = process.cpuUsage(before);
  assert.deepEqual(sentences.get("thousand"), []);
  return { seconds: (user + system) / 1e6, instantiations };
}

test("1,000 definitions type-check in less than 5 s of CPU", (t) => {
  assert.equal(definitionCount, 1_000);
  const source = thousandDefinitions();
  // The compiler's own start, with its libraries, is not the definitions' cost.
  const start = measure("export {};");
  const runs = [measure(source)];
  // A busy machine makes a figure worse, never better: the best of at most four counts.
  const best = (): number => Math.min(...runs.map(({ seconds }) => seconds));
  while (runs.length < 4 && best() >= secondsMax) runs.push(measure(source));
  const figures = runs.map(({ seconds }) => seconds.toFixed(2)).join(", ");
  const { instantiations } = runs[0]!;
  t.diagnostic(
    `${definitionCount} definitions: ${figures} s of CPU after a start of ${start.seconds.toFixed(2)} s, ${instantiations} instantiations`,
  );
  assert.ok(best() < secondsMax, `took ${figures} s of CPU`);
  assert.ok(instantiations < instantiationsMax, `${instantiations} instantiations are over ${instantiationsMax}`);
});
