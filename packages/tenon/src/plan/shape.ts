import { limit } from "../base/limit.ts";
import { checkName, envelopeNames, isPlainObject } from "./check-name.ts";
import { checkOptions } from "./check-options.ts";
import { describe } from "./describe.ts";
import { Mistakes } from "./mistakes.ts";
import { aggregateShape, columnsShape } from "./shape-column.ts";

export type DefinitionKind = "entity" | "event" | "features" | "onDemand" | "label" | "model" | "prediction";

type Fields = Readonly<Record<string, unknown>>;

/** What one definition's shape is checked with: its path, and how to tell what its field needs. */
interface Shaping {
  readonly path: string;
  readonly mistakes: Mistakes;
  readonly needs: (isMet: boolean, field: string, what: string, found: unknown) => boolean;
}

/**
 * Whether a value is a definition of that kind whose fields have their types. Types promise it; a configuration in
 * JavaScript does not, and the steps of the compile rely on it.
 */
export function hasShape(kind: DefinitionKind, value: unknown, place: string, all: Mistakes): boolean {
  if (!isPlainObject(value) || value.kind !== kind) {
    const hint = isPlainObject(value) && value.kind === "event" ? "; list its columns with pick(…)" : "";
    all.add("define.reference", place, `needs ${article(kind)} definition; found ${describe(value)}${hint}`);
    return false;
  }
  const path = `${kind} ${String(value.name)}`;
  // Its own list: a definition that is met again has its mistakes told already.
  const mistakes = new Mistakes();
  checkName(value.name, path, mistakes);
  const needs: Shaping["needs"] = (isMet, field, what, found) => {
    if (!isMet)
      mistakes.add("define.reference", `${path}.${field}`, `${field} needs ${what}; found ${describe(found)}`);
    return isMet;
  };
  const written = value.written;
  const options = kind === "model" && value.source === "pretrained" ? "pretrained" : kind;
  if (Array.isArray(written)) checkOptions(options, written, path, mistakes);
  shapes[kind](value, { path, mistakes, needs });
  checkAbout(isPlainObject(value.options) ? value.options : value, path, mistakes);
  for (const { code, path: found, message } of mistakes.places) all.add(code, found, message);
  return mistakes.places.length === 0;
}

const article = (kind: DefinitionKind): string => (/^[aeo]/.test(kind) ? `an ${kind}` : `a ${kind}`);

const isFunction = (value: unknown): boolean => typeof value === "function";

function checkAbout({ owner, description }: Fields, path: string, mistakes: Mistakes): void {
  if (owner !== undefined && (typeof owner !== "string" || owner === ""))
    mistakes.add("config.invalid", `${path}.owner`, `an owner is a team's name; found ${describe(owner)}`);
  if (description === undefined) return;
  if (typeof description !== "string" || description === "")
    mistakes.add("config.invalid", `${path}.description`, `a description is a text; found ${describe(description)}`);
  else if (description.length > limit.descriptionCharsMax) {
    const message = `a description has at most ${limit.descriptionCharsMax} characters; found ${description.length}`;
    mistakes.add("config.invalid", `${path}.description`, message);
  }
}

const shapes: Readonly<Record<DefinitionKind, (value: Fields, shaping: Shaping) => void>> = {
  entity({ name, keySpec }, { path, mistakes }) {
    if (envelopeNames.some((reserved) => reserved === name)) {
      mistakes.add("define.name", path, `"${String(name)}" is part of every event's envelope; choose another name`);
    }
    if (!isPlainObject(keySpec)) return;
    const isKey = (keySpec.type === "text" || keySpec.type === "integer") && keySpec.nullable === false;
    const found = `${keySpec.nullable === true ? "nullable " : ""}${String(keySpec.type)}`;
    if (!isKey)
      mistakes.add("define.column", `${path}.key`, `a key is c.text() or c.integer() and never null; found ${found}`);
  },

  event({ columns, options }, { path, mistakes, needs }) {
    columnsShape(columns, path, mistakes);
    if (!needs(isPlainObject(options), "options", "an object", options)) return;
    checkOptions("event", Object.keys(options as Fields), path, mistakes);
  },

  features({ columns, options, picked, table, batch }, { path, mistakes, needs }) {
    needs(picked === undefined || Array.isArray(picked), "pick", "names of columns", picked);
    if (needs(isPlainObject(options), "options", "an object", options)) {
      const { version } = options as Fields;
      checkOptions("features", Object.keys(options as Fields), path, mistakes);
      const isVersion = version === undefined || (Number.isSafeInteger(version) && Number(version) >= 1);
      if (!isVersion)
        mistakes.add(
          "config.invalid",
          `${path}.version`,
          `a version is a whole number from 1; found ${describe(version)}`,
        );
    }
    if (!needs(isPlainObject(columns), "columns", "an object of windowed aggregates", columns)) return;
    const entries = Object.entries(columns as Fields);
    // Of a table and a batch, their own checks tell.
    needs(
      entries.length > 0 || table !== undefined || batch !== undefined,
      "columns",
      "at least one windowed aggregate",
      undefined,
    );
    for (const [name, column] of entries) {
      checkName(name, `${path}.${name}`, mistakes);
      const { windows, aggregate } = (isPlainObject(column) ? column : {}) as Fields;
      const isWindowed = Array.isArray(windows) && isPlainObject(aggregate);
      if (needs(isWindowed, name, 'an aggregate over a window, such as payment.count().over("7d")', column)) {
        aggregateShape(aggregate as Fields, `${path}.${name}`, mistakes);
      }
    }
  },

  onDemand({ uses, compute }, { needs }) {
    needs(Array.isArray(uses), "uses", "a list of feature sets", uses);
    needs(isFunction(compute), "compute", "a function", compute);
  },

  label({ outcome }, { path, mistakes, needs }) {
    const what = 'an outcome, such as chargeback.follows("60d") or payment.sum("cents").next("7d")';
    if (!needs(isPlainObject(outcome), "is", what, outcome)) return;
    const { aggregate, above } = outcome as Fields;
    if (needs(isPlainObject(aggregate), "is", what, aggregate)) aggregateShape(aggregate as Fields, path, mistakes);
    needs(above === undefined || Number.isFinite(above), "above", "a finite number", above);
  },

  model({ source, features, gates, input, output, code, runtime }, { path, mistakes, needs }) {
    if (source === "trained") {
      needs(Array.isArray(features), "features", "a list of inputs", features);
      needs(Array.isArray(gates), "gates", "a list of gates", gates);
    } else {
      columnsShape(input, `${path}.input`, mistakes);
      columnsShape(output, `${path}.output`, mistakes);
      const isOne = (code === undefined) !== (runtime === undefined);
      if (needs(isOne, "code", "a rule in `code`, or what runs the model in `runtime`, one of them", code))
        needs(code === undefined || isFunction(code), "code", "a function", code);
    }
  },

  prediction({ fallback, record, rule, decide }, { needs }) {
    needs(isPlainObject(fallback), "fallback", "an object", fallback);
    needs(typeof record === "boolean", "record", "true or false", record);
    needs(rule === undefined || isFunction(rule), "rule", "a function", rule);
    needs(decide === undefined || isFunction(decide), "decide", "a function", decide);
  },
};
