import type { AppDescription, RecentEvents } from "../../../packages/tenon/src/server/wire.ts";
import { formatDuration } from "../format/duration.ts";
import { formatValue } from "../format/value.ts";
import { Badge } from "../parts/badge.tsx";
import { Moment } from "../parts/moment.tsx";
import { Table } from "../parts/table.tsx";

interface TailTableProps {
  readonly event: AppDescription["events"][number];
  readonly events: RecentEvents["events"];
}

const numeric = new Set(["integer", "decimal", "real"]);

export function TailTable({ event, events }: TailTableProps) {
  const alignment = (type: string) => (numeric.has(type) ? "number" : "one-line");
  return (
    <Table
      caption={`Newest ${event.name} events`}
      testId="events-tail"
      head={
        <>
          <th scope="col">At</th>
          {event.columns.map((column) => (
            <th key={column.name} scope="col" className={alignment(column.type)}>
              {column.name}
            </th>
          ))}
          <th scope="col" className="number">
            Received after
          </th>
          <th scope="col">Id</th>
        </>
      }
    >
      {events.map((one) => (
        <tr key={one.id}>
          <td className="one-line">
            <Moment at={one.at} as="exact" />
          </td>
          {event.columns.map((column) => (
            <td key={column.name} className={alignment(column.type)}>
              {formatValue(one.row[column.name])}
            </td>
          ))}
          <td className="number quiet">{formatDuration(Date.parse(one.receivedAt) - Date.parse(one.at))}</td>
          <td className="one-line quiet">
            <code>{one.id}</code> {one.retracted && <Badge>taken back</Badge>}
          </td>
        </tr>
      ))}
    </Table>
  );
}
