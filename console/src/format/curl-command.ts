import type { ColumnDescription, Json } from "../../../packages/tenon/src/server/wire.ts";

/** A curl line that posts a body to a route of this server. */
export function curlCommand(path: string, body: Readonly<Record<string, Json>>): string {
  return [
    `curl -X POST ${location.origin}${path}`,
    `-H "Authorization: Bearer $TENON_KEY"`,
    `-H "Content-Type: application/json"`,
    `-d '${JSON.stringify(body)}'`,
  ].join(" \\\n  ");
}

/** A row that fits the columns: for a command to begin with. */
export function sampleRow(columns: readonly ColumnDescription[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(columns.map((column) => [column.name, sampleOf(column)]));
}

function sampleOf(column: ColumnDescription): Json {
  switch (column.type) {
    case "integer":
    case "real":
    case "decimal":
      return 1;
    case "flag":
      return true;
    case "time":
      return new Date().toISOString();
    case "oneOf":
      return column.values?.[0] ?? "a";
    case "ref":
      return `${column.to ?? "key"}-1`;
    case "text":
      return "a";
  }
}
