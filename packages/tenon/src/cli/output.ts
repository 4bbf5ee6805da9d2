import { type Paint, paintFor } from "./paint.ts";
import { type Progress, progressOn, type TextStream } from "./progress.ts";

/** Where a command's answer goes: lines for people, or JSON for programs. */
export interface Output {
  readonly isJson: boolean;
  readonly paint: Paint;
  /** A line for people; JSON has none of it. */
  text(line?: string): void;
  /** A value for programs, on a line of its own; people do not see it. */
  value(value: unknown): void;
  /** Rows in columns, for people. */
  table(rows: readonly (readonly string[])[]): void;
  /** A line about what went wrong, on standard error in both. */
  note(line: string): void;
  progress(title: string): Progress;
}

export interface OutputStreams {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: NodeJS.ProcessEnv;
}

export function outputOn({ stdout, stderr, env }: OutputStreams, isJson: boolean): Output {
  const text = (line = ""): void => {
    if (!isJson) stdout.write(`${line}\n`);
  };
  return {
    isJson,
    paint: paintFor(stdout, env),
    text,
    value(value) {
      if (isJson) stdout.write(`${JSON.stringify(value)}\n`);
    },
    table(rows) {
      for (const line of columnsOf(rows)) text(line);
    },
    note: (line) => void stderr.write(`${line}\n`),
    progress: (title) => (isJson ? () => {} : progressOn(stderr, title, () => performance.now())),
  };
}

/** Cells filled up to the width of their column; colours take no room. */
function columnsOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, place) => Math.max(...rows.map((row) => widthOf(row[place] ?? "")))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, place) => cell + " ".repeat((widths[place] ?? 0) - widthOf(cell)))
      .join("  ")
      .trimEnd(),
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with the escape character
const widthOf = (text: string): number => text.replace(/\u001b\[\d+m/g, "").length;
