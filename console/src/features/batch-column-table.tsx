import { Link } from "@tanstack/react-router";
import type { FeatureSet } from "../api/feature-reads.ts";
import { Table } from "../parts/table.tsx";

/** What the SQL of a batch answers beside its key. */
export function BatchColumnTable({ set }: { readonly set: FeatureSet }) {
  return (
    <Table
      caption={`Columns of ${set.name}`}
      head={
        <>
          <th scope="col">Column</th>
          <th scope="col">Type</th>
        </>
      }
    >
      {set.columns.map(({ name, type }) => (
        <tr key={name}>
          <th scope="row">
            <Link to="/features/$set/$column" params={{ set: set.name, column: name }}>
              <code>{name}</code>
            </Link>
          </th>
          <td className="quiet">{type}</td>
        </tr>
      ))}
    </Table>
  );
}
