import { access, constants, open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { messageOf, TenonError } from "../../base/error.ts";
import { cellOf, jsonCell, type ScoreColumn, type ScoredRow } from "./score-column.ts";
import type { ScoreSink, Scores } from "./score-sink.ts";

/** Writes a file's content and sees that it is on disk. */
type Write = (temporary: string, scores: Scores) => Promise<void>;

/** A file that takes its name once it is whole. */
export function fileSink(file: string, write: Write, close = async (): Promise<void> => {}): ScoreSink {
  return {
    name: file,
    close,
    check: () =>
      access(dirname(resolve(file)), constants.W_OK).catch((thrown) => {
        throw new TenonError("cli.usage", `--to ${file} cannot be written: ${messageOf(thrown)}`);
      }),
    async handOver(scores) {
      const temporary = `${file}.${scores.run}.tmp`;
      try {
        await write(temporary, scores);
        await rename(temporary, file);
      } catch (thrown) {
        await rm(temporary, { force: true });
        throw thrown instanceof TenonError ? thrown : new TenonError("score.sink", `${file}: ${messageOf(thrown)}`);
      }
    },
  };
}

/** Lines of text, with what stands before them. */
function textWriter(head: (scores: Scores) => string, line: (row: ScoredRow, scores: Scores) => string): Write {
  return async (temporary, scores) => {
    const handle = await open(temporary, "w");
    try {
      await handle.appendFile(head(scores));
      let rows = 0;
      for await (const part of scores.read(0)) {
        await handle.appendFile(part.rows.map((row) => line(row, scores)).join(""));
        rows += part.rows.length;
        await scores.told(rows);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
}

export const ndjsonSink = (file: string): ScoreSink =>
  fileSink(
    file,
    textWriter(
      () => "",
      (row, { columns }) =>
        `${JSON.stringify(Object.fromEntries(columns.map((one) => [one.name, jsonCell(row, one)])))}\n`,
    ),
  );

/** As RFC 4180 has it, with line feeds. */
export const csvSink = (file: string): ScoreSink =>
  fileSink(
    file,
    textWriter(
      ({ columns }) => csvLine(columns.map(({ name }) => name)),
      (row, { columns }) => csvLine(columns.map((column) => textCell(row, column))),
    ),
  );

const csvLine = (cells: readonly (string | null)[]): string => `${cells.map(csvCell).join(",")}\n`;

/** Null is empty, and an empty text is quoted. */
const csvCell = (text: string | null): string =>
  text === null ? "" : text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** A cell as a text: lists and objects are JSON, but for reasons, which are none in most rows. */
export function textCell(row: ScoredRow, column: ScoreColumn): string | null {
  const value = jsonCell(row, column);
  if (value === null) return null;
  if (column.kind === "texts" && Array.isArray(value)) return value.length === 0 ? null : value.join("; ");
  return typeof value === "string" && column.kind !== "json" ? value : JSON.stringify(value);
}

/** A cell as a number; NaN where there is none. */
export function numberCell(row: ScoredRow, column: ScoreColumn): number {
  const value = cellOf(row, column);
  return value === null ? Number.NaN : Number(value);
}
