import { type ErrorKind, kind } from "./error-kind.ts";

/** The part of the error table that is about scoring in bulk. */
export const scoreErrors = {
  // Scoring in bulk
  "score.empty": kind(
    409,
    "changed",
    "There is nothing to hand over",
    "See that the source has rows, and why they were refused in the report; what was there before is as it was.",
  ),
  "score.sink": kind(
    502,
    "later",
    "The scores cannot be handed over",
    "Mend what the message names and run the same command again: what was scored is kept, and it goes on where it stopped.",
  ),
} as const satisfies Readonly<Record<string, ErrorKind>>;
