import type { Mistakes } from "./mistakes.ts";

/** Comments and texts, which name nothing. */
const silent = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$/g;
const word = /"((?:[^"]|"")*)"|[\p{L}_][\p{L}\p{N}_]*/gu;
/** What a run could not say again. */
const impure =
  /\b(?:(?:now|today|random|setseed|uuid|uuidv4|uuidv7|gen_random_uuid|get_current_timestamp|get_current_time|transaction_timestamp)\s*\(|current_(?:date|time|timestamp)\b|local(?:time|timestamp)\b)/i;

/** The SQL without an end mark, ready to stand in a larger statement. */
export function checkedSql(sql: unknown, path: string, mistakes: Mistakes): string {
  const text =
    typeof sql === "string"
      ? sql
          .trim()
          .replace(/(?:;\s*)+$/, "")
          .trim()
      : "";
  const spoken = text.replace(silent, " ");
  if (!/^\s*(select|with|from|values|table)\b/i.test(spoken))
    mistakes.add("define.reference", path, "needs one select with a row for each key");
  const found = impure.exec(spoken)?.[0].replace(/\s*\($/, "()");
  if (found !== undefined) {
    const message = `"${found}" answers something else each time; the time that a run is for is as_of()`;
    mistakes.add("define.reference", path, message);
  }
  return quoteAt(text);
}

/** A column that every event has, and a word that DuckDB takes for its own where it stands bare. */
const bareAt = new RegExp(`${silent.source}|"(?:[^"]|"")*"|\\bat\\b(?!\\s*\\(|\\s+time\\s+zone\\b)`, "gi");
const quoteAt = (sql: string): string => sql.replace(bareAt, (found) => (/^at$/i.test(found) ? '"at"' : found));

/** Which of these names the SQL speaks of: a column of the same name counts too, and costs a run the reading of it. */
export function namedIn(sql: string, names: Iterable<string>): readonly string[] {
  const spoken = new Set(
    [...sql.replace(silent, " ").matchAll(word)].map(([whole, quoted]) =>
      (quoted === undefined ? whole : quoted.replaceAll('""', '"')).toLowerCase(),
    ),
  );
  return [...names].filter((name) => spoken.has(name.toLowerCase())).sort();
}
