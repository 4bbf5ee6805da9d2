import type { FeatureSetReader, FeatureStatus } from "./feature-set-reader.ts";
import type { FeatureValue } from "./feature-value.ts";

/** The names of a set's columns, and of its entity, as JSON with the colon: made once. */
interface Names {
  readonly entity: string;
  readonly columns: readonly string[];
}

const known = new WeakMap<FeatureSetReader, Names>();
const nameText = (name: string): string => `${JSON.stringify(name)}:`;

function namesOf(reader: FeatureSetReader): Names {
  let names = known.get(reader);
  if (names === undefined) {
    names = { entity: nameText(reader.set.entity), columns: reader.set.columns.map(({ name }) => nameText(name)) };
    known.set(reader, names);
  }
  return names;
}

const statusTexts: Readonly<Record<FeatureStatus, string>> = {
  present: '"present"',
  null: '"null"',
  "not-found": '"not-found"',
  expired: '"expired"',
  incomplete: '"incomplete"',
};

/** A row as `JSON.stringify` writes what `rowOf` makes, without making that: most of a small read's time went there. */
export function rowText(
  reader: FeatureSetReader,
  key: string | number,
  places: readonly number[],
  brief: boolean,
): string {
  const names = namesOf(reader);
  let [values, statuses, ages, comma] = ["", "", "", ""];
  for (const place of places) {
    const name = names.columns[place];
    values += comma + name + valueText(reader.value(place));
    if (!brief) {
      statuses += comma + name + statusTexts[reader.status(place)];
      ages += `${comma}${name}${reader.ageMs(place)}`;
    }
    comma = ",";
  }
  const head = `{"key":{${names.entity}${valueText(key)}},"values":{${values}}`;
  return brief ? `${head}}` : `${head},"statuses":{${statuses}},"ages":{${ages}}}`;
}

const valueText = (value: FeatureValue): string =>
  typeof value === "number" && Number.isFinite(value) ? String(value) : JSON.stringify(value);
