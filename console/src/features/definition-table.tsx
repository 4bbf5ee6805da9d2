import type { FeatureSet } from "../api/feature-reads.ts";
import { Table } from "../parts/table.tsx";

export function DefinitionTable({ set }: { readonly set: FeatureSet }) {
  return (
    <Table
      caption={`Definitions of ${set.name}`}
      head={
        <>
          <th scope="col">Column</th>
          <th scope="col">Aggregate</th>
          <th scope="col">Event</th>
          <th scope="col">Window</th>
          <th scope="col">Filter</th>
          <th scope="col">Type</th>
        </>
      }
    >
      {set.columns.map((column) => (
        <tr key={column.name}>
          <th scope="row">
            <code>{column.name}</code>
          </th>
          <td className="one-line">
            {column.aggregate}
            {column.column && (
              <>
                {" "}
                of <code>{column.column}</code>
              </>
            )}
          </td>
          <td>
            <code>{column.event}</code>
          </td>
          <td>{column.window}</td>
          <td>{column.where ? <code>{column.where}</code> : <span className="quiet">none</span>}</td>
          <td className="quiet">{column.type}</td>
        </tr>
      ))}
    </Table>
  );
}
