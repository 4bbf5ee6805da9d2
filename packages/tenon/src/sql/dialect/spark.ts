import { filtered, type Picked, type SqlDialect } from "../dialect.ts";

const inOrder = "struct(_at, _position)";

/** Spark 3.4 or newer. Lists are arrays, counts are structs, and groups a map. */
export const spark: SqlDialect = {
  name: "spark",
  identifier: (name) => `\`${name.replaceAll("`", "``")}\``,
  text: (value) => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
  type(type) {
    if (type.kind === "decimal") return `DECIMAL(38, ${type.scale})`;
    return { text: "STRING", whole: "BIGINT", real: "DOUBLE", flag: "BOOLEAN" }[type.kind];
  },
  textOrder: (value) => value,
  // The sum of BIGINT is a BIGINT and might overflow.
  summand: (value, type) =>
    type.kind === "real" ? value : `CAST(${value} AS DECIMAL(38, ${type.kind === "decimal" ? type.scale : 0}))`,
  oldest: ({ value, when }) => filtered(`min_by(${value}, ${inOrder})`, when),
  newest: ({ value, when }) => filtered(`max_by(${value}, ${inOrder})`, when),
  newestList: (picked, n) =>
    `CASE WHEN ${filtered("count(*)", picked.when)} > 0 THEN slice(${newestFirst(picked)}, 1, ${n}) END`,
  counts: ({ value, count, place }) =>
    `transform(array_sort(collect_list(struct(${place}, ${value} AS value, ${count} AS count))), e -> struct(e.value, e.count))`,
  map: ({ key, value }) =>
    `map_from_entries(${filtered(`collect_list(struct(CAST(${key} AS STRING), ${value}))`, `${key} IS NOT NULL`)})`,
};

const newestFirst = ({ value, when }: Picked): string =>
  `transform(sort_array(${filtered(`collect_list(struct(_at, _position, ${value} AS value))`, when)}, false), e -> e.value)`;
