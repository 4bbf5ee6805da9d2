import type { AppDescription, ColumnDescription, Json } from "../../../packages/tenon/src/server/wire.ts";

/** A curl line that sends one plausible event. */
export function sendEventCommand(event: AppDescription["events"][number]): string {
  const row = Object.fromEntries(event.columns.map((column) => [column.name, sampleOf(column)]));
  return [
    `curl -X POST ${location.origin}/events/${event.name}`,
    `-H "Authorization: Bearer $TENON_KEY"`,
    `-H "Content-Type: application/json"`,
    `-d '${JSON.stringify(row)}'`,
  ].join(" \\\n  ");
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
