import { TenonError } from "../../base/error.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { ModelSignature, ModelValue } from "../../ports/model-runtime.ts";
import { definitionNames } from "./column-names.ts";
import type { Category, ImportedColumn, ImportedModel } from "./imported-model.ts";

/** Where a column of the model comes from in the signature's input, and how its values become numbers. */
export interface ColumnReading {
  readonly place: number;
  readonly read: (value: ModelValue) => number;
}

const namesTold = 10;

/**
 * A reading for each column of the model: by name where the file has names, else in order.
 * @throws model.unloadable with the names that do not match
 */
export function matchColumns(model: ImportedModel, { name, input }: ModelSignature): readonly ColumnReading[] {
  const refuse = (found: string): never => {
    throw new TenonError("model.unloadable", `The model "${name}" does not fit its ${model.format} file: ${found}`);
  };
  const { columns } = model;
  const isNamed = columns.every((column) => column.name !== undefined);
  if (!isNamed && columns.length !== input.length)
    refuse(
      `the file names no columns and reads ${columns.length}, and its input lists ${input.length}; list them in the order of training`,
    );
  const places = isNamed ? placesByName(columns, { input, refuse }) : columns.map((_, i) => i);
  return columns.map((column, i) => ({
    place: places[i]!,
    read: readingOf(column, { from: input[places[i]!]!, rounding: model.rounding, refuse }),
  }));
}

function placesByName(
  columns: readonly ImportedColumn[],
  { input, refuse }: { input: readonly ColumnPlan[]; refuse: (found: string) => never },
): readonly number[] {
  const names = definitionNames(columns);
  const placeOf = new Map(input.map((column, place) => [column.name, place]));
  const places = columns.map((column, i) => placeOf.get(column.name ?? "") ?? placeOf.get(names[i]!) ?? -1);
  const absent = names.filter((_, i) => places[i] === -1);
  const used = new Set(places);
  const surplus = input.filter((_, place) => !used.has(place)).map((column) => column.name);
  if (absent.length > 0 || surplus.length > 0 || used.size < places.length)
    refuse(
      [
        absent.length > 0 ? `its input lacks ${told(absent)}, which the file reads` : "",
        surplus.length > 0 ? `its input has ${told(surplus)}, which the file does not know` : "",
        used.size < places.length ? "two columns of the file have the same name" : "",
      ]
        .filter(Boolean)
        .join("; "),
    );
  return places;
}

const told = (names: readonly string[]): string =>
  `${names.slice(0, namesTold).join(", ")}${names.length > namesTold ? ` and ${names.length - namesTold} more` : ""}`;

type Reading = ColumnReading["read"];

function readingOf(
  column: ImportedColumn,
  o: { from: ColumnPlan; rounding: ImportedModel["rounding"]; refuse: (found: string) => never },
): Reading {
  const { from, rounding, refuse } = o;
  const kind = valueKind(from);
  if (column.categories !== undefined) return readingOfCategory(column.categories, o);
  if (kind === "string")
    refuse(
      column.kind === "category"
        ? `${from.name} is of type ${from.type}, and the file does not know the names of its categories; give their codes as integers`
        : `${from.name} is of type ${from.type}, and the file reads a number`,
    );
  if (rounding === "single") return (value) => (value === null ? Number.NaN : Math.fround(Number(value)));
  // LightGBM takes a category's code without what is behind the point.
  if (column.kind === "category") return (value) => (value === null ? Number.NaN : Math.trunc(Number(value)));
  return (value) => (value === null ? Number.NaN : Number(value));
}

function readingOfCategory(
  categories: readonly Category[],
  { from, refuse }: { from: ColumnPlan; refuse: (found: string) => never },
): Reading {
  const kinds = new Set(categories.map((category) => typeof category));
  const kind = valueKind(from);
  if (kinds.size > 0 && !kinds.has(kind))
    refuse(`${from.name} is of type ${from.type}, and the file's categories of it are ${[...kinds].join(", ")}s`);
  if (from.type === "oneOf" && !from.values.some((value) => categories.includes(value)))
    refuse(`${from.name} has none of the categories that the file knows: ${told(categories.map(String))}`);
  const codes = new Map<ModelValue, number>(categories.map((category, code) => [category, code]));
  return (value) => codes.get(value) ?? Number.NaN;
}

function valueKind({ type, to }: ColumnPlan): "string" | "number" | "boolean" {
  if (type === "flag") return "boolean";
  if (type === "text" || type === "oneOf" || (type === "ref" && to?.keyType === "text")) return "string";
  return "number";
}
