import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { TenonError } from "../../src/base/error.ts";
import { sha256 } from "../../src/base/hash.ts";
import { DuckDb } from "../../src/drivers/duckdb/duckdb.ts";
import { FileSnapshotStore } from "../../src/drivers/fs/snapshot-store.ts";
import type { ParquetBatch, ParquetColumn } from "../../src/ports/parquet.ts";
import type { SnapshotColumn } from "../../src/ports/snapshot-store.ts";

const dir = await mkdtemp(join(tmpdir(), "tenon-parquet-"));
const duckDb = new DuckDb({ tempDir: join(dir, "tmp") });
after(async () => {
  await duckDb.close();
  await rm(dir, { recursive: true, force: true });
});

const texts = ["", "plain", "é ü 漢字", "with\u0000zero", "'quote\"", null];

function table(rows: number, first = 0): ParquetColumn[] {
  const numbers = (of: (row: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, i) => of(first + i));
  return [
    { name: "seq", type: "BIGINT", values: numbers((row) => row * 2 + 1) },
    { name: "big", type: "BIGINT", values: numbers((row) => 2 ** 53 - 1 - row) },
    { name: 'odd "name"', type: "DOUBLE", values: numbers((row) => (row % 7 === 0 ? Number.NaN : Math.sin(row))) },
    { name: "flag", type: "BOOLEAN", values: numbers((row) => row % 2) },
    {
      name: "text",
      type: "VARCHAR",
      values: Array.from({ length: rows }, (_, i) => texts[(first + i) % texts.length]!),
    },
    {
      name: "bytes",
      type: "BLOB",
      values: Array.from({ length: rows }, (_, i) => Buffer.from([0, 255, (first + i) % 256])),
    },
  ];
}

const fieldsOf = (columns: readonly ParquetColumn[]) => columns.map(({ name, type }) => ({ name, type }));

async function readAll(
  files: readonly { file: string; sha256?: string }[],
  columns: readonly ParquetColumn[],
  above = 0,
): Promise<ParquetBatch[]> {
  const batches: ParquetBatch[] = [];
  for await (const batch of duckDb.read({ files, fields: fieldsOf(columns), sortedBy: "seq", above }))
    batches.push(batch);
  return batches;
}

const valuesOf = (batches: readonly ParquetBatch[], place: number): unknown[] =>
  batches.flatMap(({ columns }) =>
    Array.from(columns[place]!.values as ArrayLike<unknown>, (value) =>
      value instanceof Uint8Array ? [...value] : value,
    ),
  );

test("what is written is read back: whole numbers to 2^53, nulls, empty texts, zero characters and bytes", async () => {
  const columns = table(45_000);
  const file = join(dir, "back.parquet");
  const written = await duckDb.write(file, columns);
  assert.equal(written.rows, 45_000);
  assert.equal(written.sha256, sha256(await readFile(file)));
  const batches = await readAll([{ file, sha256: written.sha256 }], columns);
  assert.ok(batches.length > 3, "rows come in batches");
  for (const [place, column] of columns.entries()) {
    const expected = Array.from(column.values as ArrayLike<unknown>, (value) =>
      value instanceof Uint8Array ? [...value] : value,
    );
    assert.deepEqual(valuesOf(batches, place), expected, column.name);
  }
});

test("equal columns give an equal file, also from another process and with less memory", async () => {
  const columns = table(60_000);
  const first = await duckDb.write(join(dir, "one.parquet"), columns);
  const other = new DuckDb({ tempDir: join(dir, "tmp"), memoryMbMax: 64 });
  try {
    assert.deepEqual(await other.write(join(dir, "two.parquet"), columns), first);
  } finally {
    await other.close();
  }
  assert.deepEqual(await readFile(join(dir, "one.parquet")), await readFile(join(dir, "two.parquet")));
});

test("a number that is missing is null in the file, not NaN", async () => {
  const file = join(dir, "null.parquet");
  await duckDb.write(file, [{ name: "x", type: "DOUBLE", values: Float64Array.of(1, Number.NaN, 3) }]);
  assert.deepEqual(await duckDb.summary(file, "x"), { rows: 3, min: 1, max: 3, sum: "4.0" });
});

test("files that are sorted by one column are read as one, from any position on", async () => {
  const odd = table(3_000);
  const even = table(3_000).map((column) =>
    column.name === "seq" ? { ...column, values: (column.values as Float64Array).map((seq) => seq + 1) } : column,
  ) as ParquetColumn[];
  const files = [{ file: join(dir, "odd.parquet") }, { file: join(dir, "even.parquet") }];
  await duckDb.write(files[0]!.file, odd);
  await duckDb.write(files[1]!.file, even);
  const batches = await readAll(files, odd, 1_001);
  assert.deepEqual(
    valuesOf(batches, 0),
    Array.from({ length: 4_999 }, (_, i) => 1_002 + i),
  );
  assert.deepEqual(batches.flatMap(({ source }) => [...source]).slice(0, 4), [1, 0, 1, 0]);
});

test("a damaged file is refused with data.corrupt and its name, whether its checksum or its structure is wrong", async () => {
  const columns = table(1_000);
  const file = join(dir, "damaged.parquet");
  const { sha256: checksum } = await duckDb.write(file, columns);
  const bytes = await readFile(file);
  bytes[200]! ^= 1;
  await writeFile(file, bytes);
  const names = (error: unknown): boolean =>
    error instanceof TenonError && error.code === "data.corrupt" && error.message.includes(file);
  await assert.rejects(readAll([{ file, sha256: checksum }], columns), names);
  await writeFile(file, bytes.subarray(0, 300));
  await assert.rejects(readAll([{ file }], columns), names);
  await rm(file);
  await assert.rejects(readAll([{ file, sha256: checksum }], columns), names);
  assert.equal((await duckDb.write(file, columns)).sha256, checksum, "the process goes on");
});

test("a process that is killed rejects what was under way, says so, and the next request starts another", async () => {
  const columns = table(200);
  await duckDb.write(join(dir, "alive.parquet"), columns);
  const pid = duckDb.pid!;
  const draft = await duckDb.draft(fieldsOf(columns));
  await draft.append(columns);
  process.kill(pid, "SIGKILL");
  await assert.rejects(draft.finish(join(dir, "never.parquet")), /DuckDB's process ended/);
  await draft.abandon();
  await duckDb.write(join(dir, "again.parquet"), columns);
  assert.notEqual(duckDb.pid, pid);
  assert.ok(!existsSync(join(dir, "never.parquet")));
});

test("an idle process ends, and leaves nothing in its temporary folder", async () => {
  const tempDir = join(dir, "tmp-idle");
  const idle = new DuckDb({ tempDir, idleMs: 50 });
  await idle.write(join(dir, "idle.parquet"), table(100));
  const pid = idle.pid!;
  for (let i = 0; i < 100 && idle.pid !== undefined; i++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(idle.pid, undefined);
  assert.throws(() => process.kill(pid, 0));
  assert.ok(!existsSync(join(tempDir, `duckdb-${pid}`)));
  await idle.close();
});

test("a snapshot's manifest names its Parquet file's content, and the same training set has the same id", async () => {
  const store = new FileSnapshotStore(join(dir, "snapshots"), (file, columns) => duckDb.write(file, columns));
  const columns: SnapshotColumn[] = [
    { name: "x", type: "DOUBLE", values: Float64Array.of(1, Number.NaN) },
    { name: "y", type: "VARCHAR", values: ["a", null] },
  ];
  const manifest = {
    model: "m",
    rows: 2,
    labelled: 1,
    immature: 0,
    unlabelled: 1,
    contentSha256: "c",
    build: "b",
    position: "p1",
    asOfMs: 0,
    columns: [],
    git: null,
  };
  const id = await store.write(columns, manifest);
  assert.equal(await store.write(columns, manifest), id);
  const listed = await store.list();
  assert.equal(listed.length, 1);
  assert.equal(listed[0]!.manifest.parquetSha256, sha256(await readFile(join(dir, "snapshots", `${id}.parquet`))));
});
