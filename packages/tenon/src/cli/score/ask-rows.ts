import { TenonError } from "../../base/error.ts";
import type { PredictAnswer, Problem } from "../../server/wire.ts";
import { type AppSocket, problemError } from "../app-socket.ts";
import { isPassingError, type Waiting, withPatience } from "./patience.ts";

/** A row's answer, or why it has none. */
export type RowAnswer = PredictAnswer | TenonError;

type LineAnswer = PredictAnswer | { readonly error: Problem };

const isProblem = (line: LineAnswer): line is { readonly error: Problem } => !("receipt" in line);

/** One row that cannot be taken by itself. */
const isTooMuch = (thrown: unknown): thrown is TenonError =>
  thrown instanceof TenonError && thrown.code === "body.too-large";

/**
 * Asks the running app for rows, in their order: a call at a time, in smaller parts where the app takes fewer at once.
 * @throws what is about the call and no row of it
 */
export async function askRows(
  app: AppSocket,
  path: string,
  rows: readonly object[],
  waiting: Waiting,
): Promise<readonly RowAnswer[]> {
  const answers: RowAnswer[] = [];
  for (let size = rows.length; answers.length < rows.length; ) {
    const part = rows.slice(answers.length, answers.length + size);
    try {
      answers.push(...(await withPatience(() => askPart(app, path, part), isPassingError, waiting)));
    } catch (thrown) {
      if (!isTooMuch(thrown)) throw thrown;
      if (part.length === 1) answers.push(thrown);
      else size = Math.ceil(part.length / 2);
    }
  }
  return answers;
}

/** The answers up to the line that is about the call, where there is one; that is thrown if nothing is before it. */
async function askPart(app: AppSocket, path: string, rows: readonly object[]): Promise<readonly RowAnswer[]> {
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const told = (await app.exchangeLines<LineAnswer>(path, lines)).slice(0, rows.length);
  const answers: RowAnswer[] = [];
  for (const line of told) {
    if (!isProblem(line)) answers.push(line);
    else {
      const error = problemError(line.error);
      // What is wrong with a row is told by its places.
      if (error.places.length > 0) answers.push(error);
      else if (answers.length > 0) return answers;
      else throw error;
    }
  }
  if (answers.length === 0) throw new TenonError("cli.not-running", "the app ended the connection without an answer");
  return answers;
}
