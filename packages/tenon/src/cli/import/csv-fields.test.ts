import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { TenonError } from "../../base/error.ts";
import { csvSource } from "./csv-source.ts";
import { type SourcePlace, type SourceRow, sourceStart } from "./row-source.ts";

async function rowsOf(text: string | Buffer, from: SourcePlace = sourceStart, delimiter = ","): Promise<SourceRow[]> {
  const dir = await mkdtemp(join(tmpdir(), "tenon-csv-"));
  try {
    const file = join(dir, "f.csv");
    await writeFile(file, text);
    const source = await csvSource(file, delimiter);
    const names = (source.columns ?? []).map(({ name }) => name);
    const rows: SourceRow[] = [];
    for await (const some of source.read(names, from)) rows.push(...some);
    return rows;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const plain = (rows: readonly SourceRow[]): unknown[] =>
  rows.map(({ line, cells }) => [line, cells instanceof TenonError ? cells.message : cells]);

test("quotes, embedded line ends, CRLF, a byte order mark and empty fields are read as RFC 4180 has them", async () => {
  const text = '\uFEFFa,b,c\r\n1,"x, ""y""",\r\n\r\n2,"first\r\nsecond\nthird",""\r\n3,in"side,z';
  assert.deepEqual(plain(await rowsOf(text)), [
    [2, ["1", 'x, "y"', null]],
    [4, ["2", "first\r\nsecond\nthird", null]],
    [7, ["3", 'in"side', "z"]],
  ]);
});

test("a bad row is told with its line, and its neighbours are read", async () => {
  const text = Buffer.concat([
    Buffer.from('a,b\n1,2,3\n"x"y,2\nok,"two\nlines"\n'),
    Buffer.from([0xff, 0x2c, 0x31, 10]),
    Buffer.from('last,1\nz,"open'),
  ]);
  assert.deepEqual(plain(await rowsOf(text)), [
    [2, "the row has 3 fields; the header has 2"],
    [3, "field 1 goes on behind its closing quote"],
    [4, ["ok", "two\nlines"]],
    [6, "the row is not UTF-8"],
    [7, ["last", "1"]],
    [8, "field 2 opens a quote that is never closed"],
  ]);
});

test("reading goes on at the place behind any row", async () => {
  const text = `a;b\n${Array.from({ length: 40 }, (_, i) => `${i};"x\n${i}"`).join("\n")}\n`;
  const all = await rowsOf(text, sourceStart, ";");
  for (const place of [0, 7, 38]) {
    const rest = await rowsOf(text, all[place].next, ";");
    assert.deepEqual(
      rest.map(({ line, row, raw }) => ({ line, row, raw })),
      all.slice(place + 1).map(({ line, row, raw }) => ({ line, row, raw })),
    );
  }
});

test("records that lie across the chunks of a file are whole", async () => {
  const value = "y".repeat(90_000);
  const rows = await rowsOf(`a,b\n${Array.from({ length: 20 }, (_, i) => `${i},"${value}\n${i}"\n`).join("")}`);
  assert.deepEqual(
    rows.map(({ cells }) => cells),
    Array.from({ length: 20 }, (_, i) => [`${i}`, `${value}\n${i}`]),
  );
});

test("a quote that is never closed ends the import instead of the memory", async () => {
  await assert.rejects(rowsOf(`a,b\n1,2\n1,"${"x\n".repeat(400_000)}`), /line 3 begins a row of more than/);
});

test("a header that is no header is refused", async () => {
  await assert.rejects(rowsOf(""), /empty/);
  await assert.rejects(rowsOf("a,a\n1,2"), /two columns are called "a"/);
});
