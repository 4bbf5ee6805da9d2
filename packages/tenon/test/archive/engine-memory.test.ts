// What is read of a file outlives the engine's chunks: their memory goes when nothing points at them.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { DuckDBInstance } from "@duckdb/node-api";
import { EngineCursor } from "../../src/drivers/duckdb/parquet-cursor.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const dir = mkdtempSync(join(tmpdir(), "tenon-engine-memory-"));
after(() => rmSync(dir, { recursive: true, force: true }));

test("bytes of a row stay what they are while later chunks are read", async () => {
  const rows = 8_000;
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  // Each is one chunk, and its stream has ended long before its last row is taken.
  const files = Array.from({ length: 20 }, (_, part) => ({ file: join(dir, `rows-${part}.parquet`), part }));
  for (const { file, part } of files)
    await connection.run(
      `copy (select i::double as seq, encode(repeat(i::varchar || '/', 40)) as payload from range(${part}, ${rows}, ${files.length}) t(i)) to '${file}' (format parquet)`,
    );
  const fields = [
    { name: "seq", type: "DOUBLE" },
    { name: "payload", type: "BLOB" },
  ] as const;
  let isReading = true;
  const collecting = (async () => {
    while (isReading) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const cursor = await EngineCursor.open(instance, {
    files: files.map(({ file }) => ({ file })),
    fields,
    sortedBy: "seq",
    above: -1,
  });
  let seen = 0;
  for (let batch = await cursor.next(); batch !== undefined; batch = await cursor.next()) {
    const [, payloads] = batch.columns;
    assert.ok(payloads.kind === "bytes");
    for (let i = 0; i < batch.rows; i++, seen++) {
      const found = payloads.bytes.subarray(i === 0 ? 0 : payloads.ends[i - 1], payloads.ends[i]);
      if (Buffer.from(found).toString() !== `${seen}/`.repeat(40)) assert.fail(`row ${seen} is another`);
    }
  }
  isReading = false;
  await collecting;
  cursor.close();
  assert.equal(seen, rows);
});
