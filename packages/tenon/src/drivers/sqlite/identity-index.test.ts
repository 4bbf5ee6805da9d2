import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { identityHash } from "./entry-codec.ts";
import { IdentityIndex } from "./identity-index.ts";

const find = (index: IdentityIndex, hash: number): number[] => {
  const found: number[] = [];
  index.candidates(hash, found);
  return found;
};

test("every identity is found in memory, in files, after merges and after a restart; others almost never", () => {
  const dir = mkdtempSync(join(tmpdir(), "tenon-ids-"));
  const count = 1_200_000;
  let index = new IdentityIndex(dir);
  for (let i = 1; i <= count; i++) {
    index.add(identityHash(1, 2, `id-${i}`), i, i);
    if (i % 1_000 === 0) index.tidy(0);
  }
  const check = (upTo: number): void => {
    for (let i = 1; i <= upTo; i += 997) assert.ok(find(index, identityHash(1, 2, `id-${i}`)).includes(i), `id-${i}`);
  };
  check(count);
  const { persistedSeq } = index;
  assert.ok(persistedSeq > 1_000_000);
  index.close();
  writeFileSync(join(dir, "half.ids"), "not whole");
  index = new IdentityIndex(dir);
  assert.equal(index.persistedSeq, persistedSeq);
  check(persistedSeq);
  let falsely = 0;
  for (let i = 0; i < 5_000; i++) falsely += find(index, identityHash(1, 2, `other-${i}`)).length;
  assert.ok(falsely <= 1, `${falsely} of 5,000 unknown ids had a candidate`);
  assert.notEqual(identityHash(1, 2, "x"), identityHash(2, 2, "x"));
  index.close();
  rmSync(dir, { recursive: true });
});
