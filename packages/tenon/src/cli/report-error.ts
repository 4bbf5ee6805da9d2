import { errorTable, TenonError } from "../base/error.ts";
import { exitCodes } from "./command.ts";
import type { Output } from "./output.ts";
import { paintFor } from "./paint.ts";

/** Tells what went wrong on standard error; the exit code that says so. */
export function reportError(thrown: unknown, output: Output): number {
  const error = thrown instanceof TenonError ? thrown : unexpected(thrown);
  const { remedy } = errorTable[error.code];
  if (output.isJson) {
    const { code, message, places } = error;
    output.note(JSON.stringify({ error: { code, message, remedy, errors: places } }));
  } else {
    for (const line of errorLines(error)) output.note(line);
  }
  if (error.code === "cli.usage") return exitCodes.usage;
  return error.code === "cli.not-running" ? exitCodes.notRunning : exitCodes.failed;
}

/** What happened with its code, every place, and what to do. */
export function errorLines(error: TenonError): readonly string[] {
  const paint = paintFor(process.stderr, process.env);
  const first = error.message.split("\n")[0] ?? "";
  const places = error.places.filter(({ message }) => !first.includes(message));
  const rest = error.places.length > 0 ? [] : error.message.split("\n").slice(1);
  return [
    `${paint("red", "✗")} ${paint("bold", first)} ${paint("dim", `[${error.code}]`)}`,
    ...rest,
    ...places.map(
      ({ path, message, code }) =>
        `  ${paint("cyan", path === "" ? "/" : path)}: ${message} ${paint("dim", `[${code}]`)}`,
    ),
    `  → ${errorTable[error.code].remedy}`,
  ];
}

function unexpected(thrown: unknown): TenonError {
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new TenonError("internal", text, { cause: thrown });
}
