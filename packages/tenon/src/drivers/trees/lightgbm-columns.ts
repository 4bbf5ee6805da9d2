import type { Category, ImportedColumn } from "./imported-model.ts";
import { columnCount, type Refuse, shown } from "./model-file-error.ts";

/** The columns that a model reads, with the categories of the data frame that it was trained with. */
export function lightgbmColumns(
  head: ReadonlyMap<string, string>,
  tail: string,
  refuse: Refuse,
): readonly ImportedColumn[] {
  const count = columnCount(Number(head.get("max_feature_idx") ?? Number.NaN) + 1, "the number of features", refuse);
  const names = listed(head, "feature_names", { count, refuse });
  const infos = listed(head, "feature_infos", { count, refuse });
  const trained = categoricalFeatures(tail, { count, refuse });
  const isCategory = (i: number): boolean => trained?.includes(i) ?? /^-?\d+(:-?\d+)*$/.test(infos[i]!);
  const places = names.flatMap((_, i) => (isCategory(i) ? [i] : []));
  const lists = pandasCategories(tail, refuse);
  if (lists.length > 0 && lists.length !== places.length)
    refuse(
      `its pandas_categorical has ${lists.length} lists for ${places.length} categorical features, so that nobody can tell which is whose; train with unordered categories alone`,
    );
  const isNamed = names.some((name, i) => name !== `Column_${i}`);
  return names.map((name, i) => ({
    name: isNamed ? name : undefined,
    kind: isCategory(i) ? "category" : "number",
    categories: isCategory(i) ? lists[places.indexOf(i)] : undefined,
  }));
}

function listed(
  head: ReadonlyMap<string, string>,
  name: string,
  { count, refuse }: { count: number; refuse: Refuse },
): readonly string[] {
  const words = head.get(name)?.split(" ") ?? [];
  return words.length === count ? words : refuse(`${name} lists ${words.length} of ${count} features`);
}

/** The parameter `categorical_feature`; undefined where the file keeps no parameters. */
function categoricalFeatures(
  tail: string,
  { count, refuse }: { count: number; refuse: Refuse },
): readonly number[] | undefined {
  if (!/^parameters:/m.test(tail)) return undefined;
  if (!/^end of parameters/m.test(tail)) return refuse("it breaks off within its parameters");
  const line = /^\[categorical_feature: ([^\]]*)\]/m.exec(tail)?.[1];
  if (line === undefined || line.trim() === "" || !/^\d+(,\d+)*$/.test(line)) return undefined;
  const places = line.split(",").map(Number);
  return places.every((place) => place < count)
    ? places
    : refuse(`categorical_feature names feature ${Math.max(...places)} of ${count}`);
}

function pandasCategories(tail: string, refuse: Refuse): readonly (readonly Category[])[] {
  const json = /^pandas_categorical:(.*)$/m.exec(tail)?.[1];
  if (json === undefined) return [];
  let lists: unknown;
  try {
    lists = JSON.parse(json);
  } catch {
    return refuse("its line pandas_categorical is no JSON");
  }
  if (lists === null) return [];
  if (!Array.isArray(lists) || !lists.every(isCategoryList))
    return refuse(`its pandas_categorical is ${shown(lists)}, not lists of texts, numbers or flags`);
  return lists;
}

const isCategoryList = (list: unknown): list is readonly Category[] =>
  Array.isArray(list) && list.every((item) => ["string", "number", "boolean"].includes(typeof item));
