import { TenonError } from "../../base/error.ts";
import { suggestion } from "../../base/nearest.ts";
import type { ColumnDescription } from "../../server/wire.ts";
import type { CommandCall } from "../command.ts";
import { flagList, flagText } from "../flags.ts";
import type { RowShape } from "./import-target.ts";
import type { RowSource } from "./row-source.ts";

/** What rows are made of: a column of the file, or the same value for all. */
export interface MappedColumn {
  /** A column of the event or the table, or one beside them, such as `id`, `at`, `validFrom`. */
  readonly name: string;
  readonly type: ColumnDescription["type"];
  readonly from: { readonly source: string } | { readonly constant: string };
  /** A row without it is refused. */
  readonly isNeeded: boolean;
}

/** The mapping as it was asked; columns of the same name need none. */
export interface AskedMapping {
  readonly sources: ReadonlyMap<string, string>;
  readonly constants: ReadonlyMap<string, string>;
}

/** @throws cli.usage */
export function askedMapping(call: CommandCall): AskedMapping {
  const sources = pairs(call, "map");
  for (const [flag, name] of [
    ["at", "at"],
    ["valid-from", "validFrom"],
    ["received-at", "receivedAt"],
  ] as const) {
    const source = flagText(call, flag);
    if (source === undefined) continue;
    if (sources.has(name)) throw new TenonError("cli.usage", `--${flag} and --map both say where "${name}" comes from`);
    sources.set(name, source);
  }
  const constants = pairs(call, "set");
  const twice = [...constants.keys()].find((name) => sources.has(name));
  if (twice !== undefined) throw new TenonError("cli.usage", `--set and --map both say what "${twice}" is`);
  return { sources, constants };
}

function pairs(call: CommandCall, flag: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const pair of flagList(call, flag)) {
    const sign = pair.indexOf("=");
    if (sign < 1 || sign === pair.length - 1)
      throw new TenonError(
        "cli.usage",
        `--${flag} takes column=${flag === "map" ? "source" : "value"}; found "${pair}"`,
      );
    const name = pair.slice(0, sign);
    if (found.has(name)) throw new TenonError("cli.usage", `--${flag} names "${name}" twice`);
    found.set(name, pair.slice(sign + 1));
  }
  return found;
}

/**
 * Where each column of the target comes from.
 * @throws cli.usage for a name that the target or the file does not have, and for a needed column that has no source
 */
export function mappedColumns(asked: AskedMapping, target: RowShape, source: RowSource): readonly MappedColumn[] {
  const targets = [...target.envelope, ...target.columns.map((column) => ({ ...column, isNeeded: false }))];
  for (const name of [...asked.sources.keys(), ...asked.constants.keys()]) {
    if (targets.some((one) => one.name === name)) continue;
    const names = targets.map((one) => one.name);
    throw new TenonError("cli.usage", `the ${target.kind} has no column "${name}".${suggestion(name, names)}`);
  }
  const mapped = targets.flatMap(({ name, type, isNeeded }): MappedColumn[] => {
    const constant = asked.constants.get(name);
    if (constant !== undefined) return [{ name, type, from: { constant }, isNeeded }];
    const named = asked.sources.get(name);
    if (named !== undefined) checkSource(named, source);
    if (named === undefined && source.columns !== undefined && !hasColumn(source, name)) return [];
    // Lines of JSON may each have a field or not: an id is made, and a row is valid from now, where one has none.
    const isOwn = named === undefined && source.columns === undefined && name !== "at";
    return [{ name, type, from: { source: named ?? name }, isNeeded: isNeeded && !isOwn }];
  });
  checkNeeded(mapped, target, source);
  return mapped;
}

const hasColumn = ({ columns }: RowSource, name: string): boolean =>
  columns === undefined || columns.some((column) => column.name === name);

function checkSource(name: string, { columns }: RowSource): void {
  if (columns === undefined) return;
  const found = columns.find((column) => column.name === name);
  const names = columns.map((column) => column.name);
  if (found === undefined)
    throw new TenonError("cli.usage", `the file has no column "${name}".${suggestion(name, names)}`);
}

function checkNeeded(mapped: readonly MappedColumn[], { kind, columns }: RowShape, source: RowSource): void {
  const has = (name: string): boolean => mapped.some((column) => column.name === name);
  const names = source.columns?.map((column) => `"${column.name}"`).join(", ");
  if (kind === "event" && !has("at"))
    throw new TenonError("cli.usage", `history carries its times: name their column with --at; the file has ${names}`);
  const missing = columns.find(({ name, nullable }) => !nullable && !has(name));
  if (missing !== undefined)
    throw new TenonError(
      "cli.usage",
      `"${missing.name}" has no source: --map ${missing.name}=…; the file has ${names}`,
    );
  const other = source.columns?.find(
    (column) => column.kind === "other" && mapped.some(({ from }) => "source" in from && from.source === column.name),
  );
  if (other !== undefined)
    throw new TenonError(
      "cli.usage",
      `the file's column "${other.name}" is ${other.type}: no column of ${kind === "event" ? "an event" : `a ${kind}`} takes it`,
    );
}
