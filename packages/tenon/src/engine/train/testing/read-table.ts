import { readFileSync } from "node:fs";
import type { TrainingColumn, TrainingTable } from "../training-table.ts";

const dataFolder = new URL("../../../../test/data/", import.meta.url);

/** A data set of `test/data` as texts, by column. */
export function readCsv(file: string): Map<string, string[]> {
  const [head, ...lines] = readFileSync(new URL(file, dataFolder), "utf8").trimEnd().split(/\r?\n/);
  const columns = new Map<string, string[]>(splitLine(head!).map((name) => [name, []]));
  const lists = [...columns.values()];
  for (const line of lines) for (const [i, value] of splitLine(line).entries()) lists[i]!.push(value);
  return columns;
}

/** The fields of a line; one in quotes may hold commas. */
const splitLine = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
  );

/** A column of numbers where every text is one, else of categories in alphabetical order; "" and NA are missing. */
export function columnOf(name: string, texts: readonly string[]): TrainingColumn {
  const missing = (text: string): boolean => text === "" || text === "NA";
  if (texts.every((text) => missing(text) || Number.isFinite(Number(text)))) {
    return {
      name,
      kind: "number",
      values: Float64Array.from(texts, (text) => (missing(text) ? Number.NaN : Number(text))),
    };
  }
  const categories = [...new Set(texts.filter((text) => !missing(text)))].sort();
  const codes = new Map(categories.map((category, code) => [category, code]));
  return {
    name,
    kind: "category",
    values: Float64Array.from(texts, (text) => codes.get(text) ?? Number.NaN),
    categories,
  };
}

/** A data set whose target is 1 where the column `target` says `positive`. */
export function readTable(file: string, target: string, positive: string): TrainingTable {
  const texts = readCsv(file);
  const labels = texts.get(target)!;
  texts.delete(target);
  return {
    rowCount: labels.length,
    columns: [...texts].map(([name, values]) => columnOf(name, values)),
    target: Float64Array.from(labels, (label) => (label === positive ? 1 : 0)),
  };
}

/** The flights sample in the order of time: late by more than 15 minutes, from what is known before departure. */
export function readFlights(): TrainingTable {
  const texts = readCsv("events_flights_2001_sample.csv");
  const dates = texts.get("date")!;
  const order = dates
    .map((_, row) => row)
    .sort((a, b) => (dates[a]! < dates[b]! ? -1 : dates[a]! > dates[b]! ? 1 : a - b));
  const column = (name: string): string[] => order.map((row) => texts.get(name)![row]!);
  const times = column("date").map((date) => new Date(`${date}Z`));
  const number = (name: string, of: (time: Date) => number): TrainingColumn => ({
    name,
    kind: "number",
    values: Float64Array.from(times, of),
  });
  return {
    rowCount: order.length,
    columns: [
      number("hour", (time) => time.getUTCHours()),
      number("minute_of_day", (time) => time.getUTCHours() * 60 + time.getUTCMinutes()),
      number("dow", (time) => (time.getUTCDay() + 6) % 7),
      columnOf("distance", column("distance")),
      columnOf("origin", column("origin")),
      columnOf("destination", column("destination")),
    ],
    target: Float64Array.from(column("delay"), (delay) => (Number(delay) > 15 ? 1 : 0)),
  };
}

/** The rows of a table for which `keep` holds, in their order. */
export function keepRows(table: TrainingTable, keep: (row: number) => boolean): TrainingTable {
  const rows = Array.from({ length: table.rowCount }, (_, row) => row).filter(keep);
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
  return {
    rowCount: rows.length,
    columns: table.columns.map((column) => ({ ...column, values: pick(column.values) })),
    target: pick(table.target),
  };
}
