import { isRecord } from "../../base/record.ts";

type Node = Readonly<Record<string, unknown>>;

/** Functions that give rows, of nothing but what they are given. */
const rowFunctions: ReadonlySet<string> = new Set([
  ...["range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"],
]);
/** Beside what the engine calls unstable: macros of it, and draws of a sample. */
const unstable: ReadonlySet<string> = new Set([
  ...[
    "current_localtime",
    "current_localtimestamp",
    "current_timestamp",
    "current_time",
    "localtime",
    "localtimestamp",
  ],
  ...["get_current_timestamp", "get_current_time", "reservoir_quantile", "getvariable", "current_setting", "getenv"],
  ...["current_user", "session_user", "current_role", "user", "pg_backend_pid", "version", "txid_current"],
]);
/** Names of the engine's own tables: the rows of every tenant. */
const ownTable = /^_(?:draft|answer)/i;

/**
 * What a select names beyond its relations, or could not say again: a sentence, or undefined where all is well. `parsed` is
 * the statement as the engine's own parser serializes it, so that no text hides anything; `unstableNames` are functions that
 * the engine calls so.
 */
export function refusalOf(
  parsed: unknown,
  relations: readonly string[],
  unstableNames: readonly string[],
): string | undefined {
  const nodes = [...nodesOf(parsed)];
  const named = new Set(nodes.flatMap(commonTables));
  const known = new Set([...relations, ...named].map((name) => name.toLowerCase()));
  const isUnstable = new Set([...unstableNames, ...unstable]);
  // It answers nothing.
  isUnstable.delete("error");
  for (const node of nodes) {
    const refusal = tableRefusal(node, known) ?? functionRefusal(node, isUnstable) ?? otherRefusal(node);
    if (refusal !== undefined) return refusal;
  }
  const own = [...named].find((name) => ownTable.test(name));
  return own === undefined ? undefined : `"${own}" is a name of the engine's own; choose another`;
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodesOf(item);
  else if (isRecord(value)) {
    yield value;
    for (const part of Object.values(value)) yield* nodesOf(part);
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** The names that a `with` gives. */
function commonTables({ cte_map: map }: Node): readonly string[] {
  const entries = isRecord(map) && Array.isArray(map.map) ? map.map : [];
  return entries.flatMap((entry: unknown) => (isRecord(entry) ? [textOf(entry.key)] : []));
}

function tableRefusal(node: Node, known: ReadonlySet<string>): string | undefined {
  if (node.type === "SHOW_REF") return "it shows what the engine has; it may read its relations alone";
  if (node.type === "TABLE_FUNCTION") {
    const name = textOf(isRecord(node.function) ? node.function.function_name : undefined);
    return rowFunctions.has(name) ? undefined : `${name}() reads what no relation of the app is`;
  }
  if (node.type !== "BASE_TABLE") return undefined;
  const name = textOf(node.table_name);
  const isPlain = textOf(node.schema_name) === "" && textOf(node.catalog_name) === "";
  if (isPlain && known.has(name.toLowerCase()) && !ownTable.test(name)) return undefined;
  return `there is no event, table or set "${name.slice(0, 100)}"`;
}

function functionRefusal(node: Node, isUnstable: ReadonlySet<string>): string | undefined {
  if (node.class !== "FUNCTION") return undefined;
  const name = textOf(node.function_name).toLowerCase();
  const isAgeOfNow = name === "age" && Array.isArray(node.children) && node.children.length === 1;
  if (!isUnstable.has(name) && !isAgeOfNow) return undefined;
  return `"${name}()" answers something else each time; the time that a run is for is as_of()`;
}

function otherRefusal(node: Node): string | undefined {
  return isRecord(node.sample) ? "a sample is another one each time; it may read whole relations alone" : undefined;
}
