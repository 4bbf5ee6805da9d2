import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { open } from "lmdb";
import { limit } from "../../src/base/limit.ts";
import { LmdbOnlineReader } from "../../src/drivers/lmdb/online-reader.ts";
import { LmdbOnlineWriter } from "../../src/drivers/lmdb/online-writer.ts";
import { rowColumns, rowSeq, rowTime } from "../../src/engine/window/lane-layout.ts";
import { sampleKeys } from "../../src/service/catalog/key-sample.ts";

const first = "00000000000000aa";
const second = "00000000000000bb";
const layout = { columnCount: 1, cells: [{ fn: "count" as const, column: -1, filter: -1 }], retentionMs: 1e15 };
let dir: string;
let reader: LmdbOnlineReader;

/** Lanes of one tenant: 2,600 keys in the first, 400 of them and 50 others in the second, and a hot key with pages. */
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "tenon-census-"));
  const writer = new LmdbOnlineWriter(dir);
  writer.setLayouts(
    new Map([
      [first, layout],
      [second, layout],
    ]),
  );
  let seq = 0;
  const insert = (tenant: number, lane: string, key: string): void => {
    const row = new Float64Array(rowColumns + 1);
    row[rowTime] = seq;
    row[rowSeq] = ++seq;
    writer.insert(tenant, lane, key, row, Number.NEGATIVE_INFINITY);
  };
  for (let i = 0; i < 2_600; i++) insert(7, first, `k${i}`);
  for (let i = 2_200; i < 2_650; i++) insert(7, second, `k${i}`);
  for (let i = 0; i < 20_000; i++) insert(7, first, "hot");
  insert(8, first, "theirs");
  writer.commit(seq, new Map());
  writer.close();
  reader = new LmdbOnlineReader(
    dir,
    new Map([
      [first, rowColumns + 1],
      [second, rowColumns + 1],
    ]),
    () => 1,
  );
  reader.begin();
});
after(async () => {
  reader.close();
  await rm(dir, { recursive: true, force: true });
});

const store = (isOpen = () => true) => ({ census: reader, isOpen });

test("a walk sees every key of its tenant and lane once, page by page", () => {
  const seen: string[] = [];
  for (let after: string | undefined; ; after = seen.at(-1)) {
    const page = reader.keysAfter(7, first, after, 500);
    seen.push(...page);
    if (page.length < 500) break;
  }
  assert.equal(seen.length, 2_601);
  assert.deepEqual(new Set(seen), new Set([...Array.from({ length: 2_600 }, (_, i) => `k${i}`), "hot"]));
  assert.deepEqual(reader.keysAfter(8, first, undefined, 10), ["theirs"]);
});

test("a sample is of all keys of the lanes together, each at most once, and the same again", async () => {
  const sample = await sampleKeys(store(), 7, [first, second]);
  assert.ok(sample);
  assert.deepEqual([sample.seen, sample.whole, sample.keys.length], [2_651, true, limit.catalogKeysMax]);
  assert.equal(new Set(sample.keys).size, limit.catalogKeysMax);
  assert.deepEqual((await sampleKeys(store(), 7, [second, first]))?.keys, sample.keys);
  // A fair draw: keys of the upper half are about half of it, to five standard deviations.
  const upper = sample.keys.filter((key) => Number(key.slice(1)) >= 1_325).length;
  assert.ok(Math.abs(upper - 500) < 80, `${upper} of ${sample.keys.length}`);
});

test("a store that is closed meanwhile ends the walk", async () => {
  assert.equal(
    await sampleKeys(
      store(() => false),
      7,
      [first],
    ),
    undefined,
  );
});

test("the bytes of a key are those of its entries in the store, pages included", () => {
  const database = open<Buffer, Buffer>({ path: dir, keyEncoding: "binary", encoding: "binary", noSubdir: false });
  const stored = (key: string): number =>
    [...database.getRange()]
      .filter(
        (entry) => entry.key.toString("hex", 0, 12) === `00000007${first}` && entry.key.toString("utf8", 17) === key,
      )
      .reduce((sum, entry) => sum + entry.key.length + entry.value.length, 0);
  assert.equal(reader.bytesOf(7, first, "k1", 1_000), stored("k1"));
  const hot = stored("hot");
  assert.ok(hot > 20_000 * 5 * 8, `the hot key has ${hot} bytes`);
  assert.equal(reader.bytesOf(7, first, "hot", 1_000_000), hot);
  const estimated = reader.bytesOf(7, first, "hot", 8);
  assert.ok(Math.abs(estimated / hot - 1) < 0.1, `${estimated} of ${hot}`);
  assert.equal(reader.bytesOf(7, first, "nobody", 8), 0);
  void database.close();
});
