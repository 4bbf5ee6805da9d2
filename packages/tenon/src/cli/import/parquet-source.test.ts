import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { openTableFiles } from "../../run/table-files.ts";
import { parquetSource } from "./parquet-source.ts";
import { sourceStart } from "./row-source.ts";

let dir: string;
let file: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "tenon-parquet-"));
  file = join(dir, "it's.parquet");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(
    `copy (select i::bigint as n, case when i % 3 = 0 then null else 'ü' || i end as t, (0.1 * i)::double as d, 0.1::float as f,
       18446744073709551615::ubigint as u, date '2025-01-02' as day, [i] as many, 'x'::blob as bytes,
       timestamp_ns '2025-01-02 03:04:05.678901234' as ns
     from range(9000) s(i)) to '${file.replaceAll("'", "''")}' (format parquet, row_group_size 2048)`,
  );
  connection.closeSync();
});
after(() => rm(dir, { recursive: true, force: true }));

test("rows come in the order of the file, exactly as text, and go on behind any row", async () => {
  const tables = openTableFiles(join(dir, "tmp"));
  try {
    const source = await parquetSource(tables, file);
    assert.equal(source.size, 9_000);
    assert.deepEqual(
      source.columns?.map(({ name, kind }) => `${name} ${kind}`),
      ["n number", "t text", "d number", "f number", "u number", "day time", "many other", "bytes other", "ns time"],
    );
    for (const from of [0, 2_047, 8_999]) {
      let row = from;
      const place = { ...sourceStart, offset: from, line: from + 1, row: from + 1 };
      for await (const rows of source.read(["u", "n", "t", "f", "day", "ns"], place))
        for (const { line, cells, next } of rows) {
          const text = row % 3 === 0 ? null : `ü${row}`;
          assert.deepEqual(cells, ["18446744073709551615", `${row}`, text, "0.1", "1735776000000", "1735787045678"]);
          row++;
          assert.deepEqual([line, next.offset, next.row], [row, row, row + 1]);
        }
      assert.equal(row, 9_000);
    }
  } finally {
    await tables.close();
  }
});
