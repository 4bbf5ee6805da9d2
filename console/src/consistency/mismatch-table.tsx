import { Link } from "@tanstack/react-router";
import type { ConsistencyMismatch } from "../../../packages/tenon/src/server/wire.ts";
import { Moment } from "../parts/moment.tsx";
import { Table } from "../parts/table.tsx";

/** Every digit: two values may differ in the last one. */
const exact = (value: unknown): string => (value === null ? "–" : JSON.stringify(value));

export function MismatchTable({ mismatches }: { readonly mismatches: readonly ConsistencyMismatch[] }) {
  return (
    <Table
      caption="Features that are not what their events say"
      testId="consistency-mismatches"
      head={
        <>
          <th scope="col">Found</th>
          <th scope="col">Feature</th>
          <th scope="col">Key</th>
          <th scope="col" className="number">
            Logged
          </th>
          <th scope="col" className="number">
            By its events
          </th>
          <th scope="col">Prediction</th>
          <th scope="col">Failing test</th>
        </>
      }
    >
      {mismatches.map((one) => (
        <tr key={`${one.id} ${one.column}`}>
          <td className="one-line">
            <Moment at={one.foundAt} as="exact" />
          </td>
          <td className="one-line">
            <code>{one.column}</code>
          </td>
          <td className="one-line">{one.key}</td>
          <td className="number">{exact(one.logged)}</td>
          <td className="number">{exact(one.expected)}</td>
          <td className="one-line">
            <Link to="/predictions/$prediction/$id" params={{ prediction: one.prediction, id: one.id }}>
              {one.prediction} at <Moment at={one.at} as="exact" />
            </Link>
          </td>
          <td className="one-line quiet">{one.test === null ? "none" : <code>consistency/{one.test}</code>}</td>
        </tr>
      ))}
    </Table>
  );
}
