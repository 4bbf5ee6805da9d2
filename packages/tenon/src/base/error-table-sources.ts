import { type ErrorKind, kind } from "./error-kind.ts";

/** The part of the error table that is about where events come from. */
export const sourceErrors = {
  // Sources
  "secret.missing": kind(
    500,
    "no",
    "A secret is not in the environment",
    "Set the variable that the message names, and start again.",
  ),
  "source.driver": kind(
    500,
    "no",
    "The library of a source is not installed",
    "Install it in the folder of your app: `npm install pg`.",
  ),
  "source.unreachable": kind(
    503,
    "later",
    "A source does not answer",
    "It is asked again by itself; see that its server runs and that the secret of its address is right.",
  ),
  "source.query": kind(
    500,
    "changed",
    "A source's query cannot be read as its event",
    "Mend the query in the configuration as the message says.",
  ),
  "schema.empty": kind(
    409,
    "changed",
    "The database has nothing to propose an app from",
    "Write the configuration by hand: `tenon init`. Keys between the tables and a column of time are what it is guessed by.",
  ),
  "webhook.unknown": kind(
    404,
    "no",
    "No event takes deliveries at this address",
    "Give the vendor the address of an event whose `from` is a webhook.",
  ),
  "webhook.signature": kind(
    401,
    "no",
    "The delivery is not signed with the secret of this address",
    "Put the vendor's signing secret in the variable that `secret` names; see that nothing between rewrites the body.",
  ),
  "webhook.delivery": kind(
    422,
    "changed",
    "The delivery cannot be taken as its event",
    "Mend `map` or `tenant` of the source, and let the vendor deliver it again.",
  ),
  "file.unreadable": kind(
    400,
    "changed",
    "The file, or a row of it, cannot be read",
    "Mend what the message names, or say how the file is written with `--format` and `--delimiter`.",
  ),
  "import.stopped": kind(
    409,
    "changed",
    "Too many rows of the file were refused",
    "Look into the file of rejects; mend the mapping, or go on with a larger `--rejects-max`.",
  ),
} as const satisfies Readonly<Record<string, ErrorKind>>;
