import assert from "node:assert/strict";
import { test } from "node:test";
import { Admission } from "./admission.ts";

test("beyond its bounds calls are refused; what ends makes room", () => {
  const admission = new Admission({ callsMax: 3, callsOfKeyMax: 2 });
  admission.enter("a");
  admission.enter("a");
  assert.throws(() => admission.enter("a"), { code: "key.busy" });
  admission.enter("b");
  assert.throws(() => admission.enter("c"), { code: "server.busy" });
  assert.deepEqual([admission.underWay, admission.shed], [3, 2]);
  admission.leave("a");
  admission.enter("c");
  for (const key of ["a", "b", "c"]) admission.leave(key);
  assert.equal(admission.underWay, 0);
});
