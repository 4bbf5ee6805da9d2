// The flights as rows of the example's events. Facts of the data: `date` looks like the actual departure in local time
// without a zone, and is read as UTC; a flight lands 25 minutes and its distance at 8 miles a minute after it left; the
// delay is known then. Rows repeat, so a row's id is its number. Delays are clipped: the data holds some of -1,116 min.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { DuckDBInstance } from "@duckdb/node-api";

export interface Flight {
  readonly id: string;
  readonly departedMs: number;
  readonly landedMs: number;
  readonly origin: string;
  readonly destination: string;
  readonly miles: number;
  readonly delayMinutes: number;
}

const taxiMs = 25 * 60_000;
const milesPerMinute = 8;
const delayMinutesMin = -60;
const delayMinutesMax = 1_440;

const sampleFile = new URL("./data/events_flights_2001_sample.csv", import.meta.url);

/** All 3,000,000 flights where `vega-datasets` is installed, else the sample of 30,000. */
export const hasAllFlights = (): boolean => allFlightsFile() !== undefined;

function allFlightsFile(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve("vega-datasets/data/flights-3m.parquet");
  } catch {
    const besides = new URL("../../node_modules/vega-datasets/data/flights-3m.parquet", import.meta.url).pathname;
    return existsSync(besides) ? besides : undefined;
  }
}

const clip = (minutes: number): number => Math.max(delayMinutesMin, Math.min(delayMinutesMax, Math.round(minutes)));

function flight(
  id: string,
  departedMs: number,
  delay: number,
  miles: number,
  origin: string,
  destination: string,
): Flight {
  const landedMs = departedMs + taxiMs + Math.round(miles / milesPerMinute) * 60_000;
  return { id, departedMs, landedMs, origin, destination, miles, delayMinutes: clip(delay) };
}

/** Flights that departed in [fromMs, toMs), in order of departure, in batches. */
export async function* readFlights(fromMs: number, toMs: number): AsyncGenerator<readonly Flight[]> {
  const file = allFlightsFile();
  if (file === undefined) {
    yield readSample().filter(({ departedMs }) => departedMs >= fromMs && departedMs < toMs);
    return;
  }
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    const result = await connection.stream(`
      select file_row_number, epoch_ms(date), delay, distance, origin, destination
      from read_parquet('${file.replaceAll("'", "''")}', file_row_number = true)
      where date >= make_timestamp(${BigInt(fromMs) * 1000n}) and date < make_timestamp(${BigInt(toMs) * 1000n})
      order by date, file_row_number`);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      const rows = chunk.getRows();
      yield rows.map(([row, at, delay, miles, origin, destination]) =>
        flight(`f${row}`, Number(at), Number(delay), Number(miles), String(origin), String(destination)),
      );
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

let sample: Flight[] | undefined;

function readSample(): Flight[] {
  sample ??= readFileSync(sampleFile, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line, i) => {
      const [date, delay, distance, origin, destination] = line.split(",");
      return flight(`s${i}`, Date.parse(`${date}Z`), Number(delay), Number(distance), origin ?? "", destination ?? "");
    })
    .sort((a, b) => a.departedMs - b.departedMs);
  return sample;
}

/** The `departure` event of a flight. */
export const departureOf = ({ id, departedMs, origin, destination, miles }: Flight) => ({
  id,
  at: departedMs,
  origin,
  route: `${origin}-${destination}`,
  destination,
  miles,
});

/** The `landing` event of a flight. */
export const landingOf = ({ id, landedMs, origin, destination, delayMinutes }: Flight) => ({
  id: `${id}-landed`,
  at: landedMs,
  departure: id,
  origin,
  route: `${origin}-${destination}`,
  delayMinutes,
});
