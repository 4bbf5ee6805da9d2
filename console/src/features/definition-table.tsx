import { Link } from "@tanstack/react-router";
import type { FeatureSet } from "../api/feature-reads.ts";
import { formatDuration } from "../format/duration.ts";
import { Table } from "../parts/table.tsx";

const manyTexts = { list: "list", counts: "values with counts", groups: "map" } as const;

/** The number that an aggregate is written with; a half-life is a time. */
const parameterText = ({ aggregate, parameter }: FeatureSet["columns"][number]): string =>
  aggregate.startsWith("decayed") ? formatDuration(parameter ?? 0) : String(parameter);

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
            <Link to="/features/$set/$column" params={{ set: set.name, column: column.name }}>
              <code>{column.name}</code>
            </Link>
          </th>
          <td className="one-line">
            {column.aggregate}
            {column.parameter !== null && ` ${parameterText(column)}`}
            {column.column && (
              <>
                {" "}
                of <code>{column.column}</code>
              </>
            )}
            {column.by && (
              <>
                {" "}
                by <code>{column.by}</code>
              </>
            )}
          </td>
          <td>
            <code>{column.event}</code>
          </td>
          <td className="one-line">
            {column.window}
            {column.hopMs !== null && <span className="quiet"> from every {formatDuration(column.hopMs)}</span>}
          </td>
          <td>{column.where ? <code>{column.where}</code> : <span className="quiet">none</span>}</td>
          <td className="quiet">{column.many === null ? column.type : manyTexts[column.many]}</td>
        </tr>
      ))}
    </Table>
  );
}
