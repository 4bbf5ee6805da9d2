import assert from "node:assert/strict";
import { test } from "node:test";
import { typeCheck } from "./compiler.ts";
import { definitionCount, thousandDefinitions } from "./thousand.ts";

const secondsMax = 5;
/** Independent of the machine: about twice what 1,000 definitions need now. */
const instantiationsMax = 500_000;

test("1,000 definitions type-check in less than 5 s of CPU", (t) => {
  assert.equal(definitionCount, 1_000);
  const source = thousandDefinitions();
  const seconds: number[] = [];
  let instantiations = 0;
  // A busy machine makes single figures worse, never better: the best of at most three counts.
  while (seconds.length < 3 && !(Math.min(...seconds) < secondsMax)) {
    const before = process.cpuUsage();
    const checked = typeCheck(new Map([["thousand", source]]));
    const { user, system } = process.cpuUsage(before);
    seconds.push((user + system) / 1e6);
    instantiations = checked.instantiations;
    assert.deepEqual(checked.sentences.get("thousand"), []);
  }
  t.diagnostic(
    `${definitionCount} definitions: ${seconds.map((s) => s.toFixed(2)).join(", ")} s of CPU, ${instantiations} instantiations`,
  );
  assert.ok(Math.min(...seconds) < secondsMax, `took ${seconds.join(", ")} s of CPU`);
  assert.ok(instantiations < instantiationsMax, `${instantiations} instantiations are over ${instantiationsMax}`);
});
