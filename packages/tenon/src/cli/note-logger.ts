import type { Logger } from "../base/log.ts";
import type { Output } from "./output.ts";

/** Tells warnings and errors in a line for people, and nothing else. */
export function noteLogger(output: Output): Logger {
  const note =
    (sign: string) =>
    (fields: object, message: string): void => {
      const told = Object.entries(fields).map(
        ([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
      output.note(`${sign} ${[message, ...told].join("; ")}`);
    };
  return { debug() {}, info() {}, warn: note("!"), error: note("✗") };
}
