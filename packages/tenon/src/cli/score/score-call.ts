import { TenonError } from "../../base/error.ts";
import type { CommandCall } from "../command.ts";
import { flagCount, flagText } from "../flags.ts";
import { type ImportCall, importCall } from "../import/import-call.ts";

/** What is scored: the rows of a file, of standard input, or the keys of an entity. */
export type SourceCall =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "input" }
  | { readonly kind: "entity"; readonly name: string | undefined };

/** Where scores go. */
export type SinkCall =
  | { readonly kind: "csv" | "ndjson" | "parquet"; readonly file: string }
  | { readonly kind: "postgres"; readonly table: string; readonly urlFrom: string }
  | { readonly kind: "webhook"; readonly url: string; readonly secretFrom: string };

/** A call that scores in bulk, read. */
export interface ScoreCall {
  readonly prediction: string;
  readonly source: SourceCall;
  readonly sink: SinkCall;
  readonly rate: number | undefined;
  readonly explains: boolean;
  /** How the source's rows are read, and where those go that are refused. */
  readonly rows: ImportCall;
}

const defaultUrlFrom = "DATABASE_URL";
const rateMax = 1_000_000;

/** @throws cli.usage */
export function scoreCall(call: CommandCall): ScoreCall {
  const prediction = call.words[0] ?? "";
  const [given, to] = [flagText(call, "for"), flagText(call, "to")];
  if (given === undefined)
    throw new TenonError("cli.usage", "--for is missing: a file of rows, entity, or - for lines");
  if (to === undefined)
    throw new TenonError("cli.usage", "--to is missing: a .parquet, .csv or .ndjson file, postgres:TABLE or https://…");
  const source = sourceOf(given);
  const sink = sinkOf(call, to);
  if (source.kind !== "file" && call.flags.format !== undefined)
    throw new TenonError("cli.usage", "--format is of a file: standard input is NDJSON, and keys have none");
  const explain = flagText(call, "explain");
  if (explain !== undefined && explain !== "features")
    throw new TenonError("cli.usage", `--explain takes features; found "${explain}"`);
  const rejects = flagText(call, "rejects") ?? `${"file" in sink ? sink.file : prediction}.rejects.ndjson`;
  const flags = { ...call.flags, rejects, ...(source.kind === "file" ? {} : { format: "ndjson" }) };
  const file = source.kind === "file" ? source.file : "-";
  return {
    ...{ prediction, source, sink },
    rate: flagCount(call, "rate", { min: 1, max: rateMax }),
    explains: explain === "features",
    rows: importCall({ ...call, words: [prediction, file], flags }),
  };
}

function sourceOf(text: string): SourceCall {
  if (text === "-") return { kind: "input" };
  const [kind, ...name] = text.split(":");
  if (text === "entity") return { kind: "entity", name: undefined };
  if (kind === "entity" && name.length > 0 && name[0] !== "") return { kind: "entity", name: name.join(":") };
  return { kind: "file", file: text };
}

function sinkOf(call: CommandCall, text: string): SinkCall {
  if (text.startsWith("postgres:") && !text.startsWith("postgres://")) {
    const urlFrom = variableOf(call, "url-from-env") ?? defaultUrlFrom;
    return { kind: "postgres", table: text.slice("postgres:".length), urlFrom };
  }
  if (/^https?:\/\//.test(text)) return { kind: "webhook", url: webhookUrl(text), secretFrom: secretVariable(call) };
  const kind = (["csv", "ndjson", "parquet"] as const).find((format) => text.toLowerCase().endsWith(`.${format}`));
  if (kind !== undefined) return { kind, file: text };
  const isAddress = /^postgres(ql)?:\/\//.test(text);
  throw new TenonError(
    "cli.usage",
    isAddress
      ? "--to postgres:TABLE names the table alone; the address is read from the variable that --url-from-env names"
      : `--to "${text.slice(0, 100)}" is no .parquet, .csv or .ndjson file, no postgres:TABLE and no https:// address`,
  );
}

function secretVariable(call: CommandCall): string {
  const name = variableOf(call, "secret-from-env");
  if (name !== undefined) return name;
  throw new TenonError("cli.usage", "a webhook is signed: --secret-from-env names the variable that holds the secret");
}

/** Rows of customers travel encrypted, but for those that stay on this machine. */
function webhookUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null) throw new TenonError("cli.usage", "--to is no address that can be read");
  if (url.username !== "" || url.password !== "")
    throw new TenonError("cli.usage", "--to holds a password: a webhook knows its caller by the signature");
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol === "https:" || isLocal) return url.href;
  throw new TenonError("cli.usage", "--to takes https:// but for this machine");
}

function variableOf(call: CommandCall, flag: string): string | undefined {
  const name = flagText(call, flag);
  if (name === undefined || /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  // What stands there may be the secret itself: it is not told again.
  throw new TenonError("cli.usage", `--${flag} takes the name of an environment variable`);
}
