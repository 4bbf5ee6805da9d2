import { TenonError } from "../../base/error.ts";
import { filtered, type SqlDialect } from "../dialect.ts";

/** PostgreSQL cuts longer names, and two of them might become one. */
const nameBytesMax = 63;

/** PostgreSQL 14 or newer. Lists and maps are `jsonb`. */
export const postgres: SqlDialect = {
  name: "postgres",
  identifier(name) {
    const bytes = Buffer.byteLength(name);
    if (bytes <= nameBytesMax) return `"${name.replaceAll('"', '""')}"`;
    throw new TenonError("sql.name", `"${name}" has ${bytes} bytes; PostgreSQL cuts names after ${nameBytesMax}`);
  },
  // An escape string reads alike whatever standard_conforming_strings is.
  text: (value) => {
    const quoted = `'${value.replaceAll("'", "''")}'`;
    return value.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
  },
  type(type) {
    if (type.kind === "decimal") return "numeric";
    return { text: "text", whole: "bigint", real: "double precision", flag: "boolean" }[type.kind];
  },
  textOrder: (value) => `${value} COLLATE "C"`,
  // The sum of bigint and of numeric is numeric.
  summand: (value) => value,
  oldest: ({ value, when }) => `(${filtered(`array_agg(${value} ORDER BY _at, _position)`, when)})[1]`,
  newest: ({ value, when }) => `(${filtered(`array_agg(${value} ORDER BY _at DESC, _position DESC)`, when)})[1]`,
  newestList: ({ value, when }, n) =>
    `to_jsonb((${filtered(`array_agg(${value} ORDER BY _at DESC, _position DESC)`, when)})[1:${n}])`,
  counts: ({ value, count, place }) =>
    `jsonb_agg(jsonb_build_object('value', ${value}, 'count', ${count}) ORDER BY ${place})`,
  map: ({ key, value }) =>
    `coalesce(jsonb_object_agg(CAST(${key} AS text), ${value}) FILTER (WHERE ${key} IS NOT NULL), '{}')`,
};
