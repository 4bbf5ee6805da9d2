/** A command of the command line: what it is for, how it is called, and what it does. */
export interface Command {
  readonly name: string;
  /** One line for the list. */
  readonly summary: string;
  /** Such as `tenon train MODEL [--rows N]`. */
  readonly usage: string;
  readonly options: readonly { readonly flag: string; readonly value?: string; readonly about: string }[];
  readonly examples: readonly string[];
  readonly run: (call: CommandCall) => Promise<number>;
}

/** The arguments of one call, parsed. */
export interface CommandCall {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string | true>>;
  /** Answers as JSON, one value a line, and nothing else on standard output. */
  readonly json: boolean;
}

export const exitCodes = { ok: 0, failed: 1, usage: 2, notRunning: 3 } as const;
