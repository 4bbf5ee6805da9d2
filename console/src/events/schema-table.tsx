import type { AppDescription, ColumnDescription } from "../../../packages/tenon/src/server/wire.ts";
import { formatDuration } from "../format/duration.ts";
import { Badge } from "../parts/badge.tsx";
import { Table } from "../parts/table.tsx";

type EventDescription = AppDescription["events"][number];

export function SchemaTable({ events }: { readonly events: readonly EventDescription[] }) {
  return (
    <Table
      caption="Columns of every event"
      head={
        <>
          <th scope="col">Column</th>
          <th scope="col">Type</th>
          <th scope="col">Nullable</th>
          <th scope="col">Personal</th>
        </>
      }
    >
      {events.flatMap((event) => [
        <tr key={event.name} className="group">
          <th scope="rowgroup" colSpan={4}>
            <code>{event.name}</code>{" "}
            <span className="quiet small">
              accepted up to {formatDuration(event.lateMs)} late ·{" "}
              {event.keepMs === null ? "kept for good" : `kept ${formatDuration(event.keepMs)}`}
            </span>
          </th>
        </tr>,
        ...event.columns.map((column) => (
          <tr key={`${event.name}.${column.name}`}>
            <th scope="row">
              <code>{column.name}</code>
            </th>
            <td>
              {typeOf(column)}
              {column.lookup !== undefined && (
                <span className="quiet">
                  {" "}
                  looked up in <code>{column.lookup}</code>
                </span>
              )}
            </td>
            <td className="quiet">{column.nullable ? "yes" : "no"}</td>
            <td>{column.personal ? <Badge tone="unsure">personal</Badge> : <span className="quiet">no</span>}</td>
          </tr>
        )),
      ])}
    </Table>
  );
}

function typeOf(column: ColumnDescription): string {
  if (column.type === "ref") return `reference to ${column.to ?? "an entity"}`;
  if (column.type === "oneOf") return `one of ${(column.values ?? []).join(", ")}`;
  if (column.type === "decimal") return `decimal, ${column.scale ?? 0} digits`;
  return column.type;
}
