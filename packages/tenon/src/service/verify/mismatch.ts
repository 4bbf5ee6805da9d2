import type { Expected } from "./expected-feature.ts";
import type { Question, Story } from "./story.ts";

/** A story and a question that an app answered otherwise than the definition does. */
export interface Case {
  readonly startMs: number;
  /** Where the clock stands when the question is asked. */
  readonly endMs: number;
  readonly story: Story;
  readonly question: Question;
}

export interface Answer {
  /** As JSON; undefined for an example that is not there. */
  readonly found: unknown;
  readonly expected: Expected;
}

/** A question in words: what a test is named. */
export function questionText(question: Question): string {
  if (question.of === "example") {
    const what = question.input === undefined ? "the row" : question.input;
    return `${what} of example ${question.id} in the training set of ${question.model}`;
  }
  const { set, key, atMs, asOf } = question.read;
  return `${set}.${question.column} of ${key} at ${new Date(atMs).toISOString()} as ${asOf}`;
}
