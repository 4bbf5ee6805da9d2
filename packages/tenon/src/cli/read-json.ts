import { text } from "node:stream/consumers";
import { messageOf, TenonError } from "../base/error.ts";

/**
 * A JSON value of the command line, or of standard input for `-`.
 * @throws cli.usage
 */
export async function readJson(argument: string): Promise<unknown> {
  const source = argument === "-" ? await text(process.stdin) : argument;
  try {
    return JSON.parse(source);
  } catch (thrown) {
    throw new TenonError(
      "cli.usage",
      `${argument === "-" ? "standard input" : `"${source.slice(0, 80)}"`} is not JSON: ${messageOf(thrown)}`,
    );
  }
}
