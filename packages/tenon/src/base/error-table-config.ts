import { type ErrorKind, kind } from "./error-kind.ts";

/** The part of the error table that is about the configuration. */
export const configErrors = {
  // The configuration
  "config.missing": kind(
    500,
    "no",
    "There is no tenon.config.ts here",
    "Run this in the folder of your app, or start one with `tenon init`.",
  ),
  "config.unreadable": kind(
    500,
    "changed",
    "The configuration does not load",
    "Mend what the message names; the running build goes on serving.",
  ),
  "config.invalid": kind(500, "changed", "The configuration has mistakes", "Mend every mistake that is listed."),
  "define.reference": kind(
    500,
    "changed",
    "A definition refers to something that the app does not have",
    "Pass the definition itself, or add it to `use`.",
  ),
  "define.duplicate": kind(
    500,
    "changed",
    "Two definitions of one kind share a name",
    "Rename one: names are durable and unique.",
  ),
  "define.name": kind(
    500,
    "changed",
    "A name cannot be used",
    "Use letters, digits and underscores, starting with a letter.",
  ),
  "define.cycle": kind(
    500,
    "changed",
    "Definitions refer to each other in a circle",
    "Break the circle that the message draws.",
  ),
  "define.column": kind(
    500,
    "changed",
    "A column has the wrong type for its use",
    "Use a column of the type that the message names.",
  ),
  "define.window": kind(
    500,
    "changed",
    "A window is longer than its event is kept",
    "Shorten the window, or raise `keep` on the event.",
  ),
  "define.duration": kind(
    500,
    "changed",
    "A duration cannot be read",
    'Write a whole number and one of ms, s, m, h, d: `"30d"`.',
  ),
  "define.outcome": kind(
    500,
    "changed",
    "An outcome cannot match its examples",
    "Give the outcome's event a column that refers to the example, or to an entity of it.",
  ),
  "define.entity": kind(
    500,
    "changed",
    "A feature set's event does not refer to its entity exactly once",
    "Give the event one `c.ref(entity)` column.",
  ),
  "define.impure": kind(
    500,
    "changed",
    "A function gives different answers for the same input",
    "Take time and randomness from the row, never from the machine.",
  ),
  "define.store": kind(
    500,
    "changed",
    "The configuration names no store for this environment",
    "Add the environment to `stores` in defineApp.",
  ),
} as const satisfies Readonly<Record<string, ErrorKind>>;
