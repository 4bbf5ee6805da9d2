import type { FeaturesServed } from "../../../packages/tenon/src/server/wire.ts";
import { formatDuration } from "../format/duration.ts";
import { formatValue } from "../format/value.ts";
import { StatusBadge } from "./status-badge.tsx";
import { Table } from "./table.tsx";

/** The values that a model saw, each with its status and age. */
export function FeaturesServedTable({ features }: { readonly features: FeaturesServed }) {
  return (
    <Table
      caption="Features as served"
      head={
        <>
          <th scope="col">Feature</th>
          <th scope="col" className="number">
            Value
          </th>
          <th scope="col">Status</th>
          <th scope="col" className="number">
            Age
          </th>
        </>
      }
    >
      {Object.entries(features.values).map(([name, value]) => {
        const status = features.statuses[name];
        const age = features.ages[name];
        return (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td className="number">{formatValue(value)}</td>
            <td>{status && <StatusBadge status={status} />}</td>
            <td className="number quiet">{age === null || age === undefined ? "–" : formatDuration(age)}</td>
          </tr>
        );
      })}
    </Table>
  );
}
