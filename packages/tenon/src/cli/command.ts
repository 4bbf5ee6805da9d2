import type { Places } from "../run/places.ts";
import type { Output } from "./output.ts";

/** A command of the command line: what it is for, how it is called, and what it does. */
export interface Command {
  /** One word, or two: `keys create`. */
  readonly name: string;
  /** One line for the list. */
  readonly summary: string;
  /** Such as `tenon train MODEL [--rows N]`: words in capitals are arguments, those in brackets may be left out. */
  readonly usage: string;
  readonly options: readonly Option[];
  readonly examples: readonly string[];
  readonly run: (call: CommandCall) => Promise<number>;
}

export interface Option {
  /** With its dashes. */
  readonly flag: `--${string}`;
  /** What stands for the value in help; a flag without one is on or off. */
  readonly value?: string;
  /** Several values: separated by commas, or the flag again. */
  readonly list?: true;
  readonly about: string;
}

/** The arguments of one call, parsed. */
export interface CommandCall {
  readonly words: readonly string[];
  /** By name without dashes. */
  readonly flags: Readonly<Record<string, string | true>>;
  readonly output: Output;
  /** Where the app is that the call is about. */
  readonly places: Places;
}

export const exitCodes = { ok: 0, failed: 1, usage: 2, notRunning: 3 } as const;

/** What every command takes. */
export const commonOptions: readonly Option[] = [
  { flag: "--json", about: "Answer in JSON, one value a line, and nothing else on standard output" },
  { flag: "--data", value: "DIR", about: "The data directory; default .tenon beside the configuration, or TENON_DATA" },
  { flag: "--config", value: "FILE", about: "The configuration; default tenon.config.ts in this folder" },
  { flag: "--help", about: "Tell what the command does" },
];

export const tenantOption: Option = {
  flag: "--tenant",
  value: "NAME",
  about: "Act for this tenant; default the app's development tenant",
};
