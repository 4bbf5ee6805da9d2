import type { Interval } from "../../../packages/tenon/src/server/wire.ts";
import { metricName } from "../format/metric-name.ts";
import { formatMetric } from "../format/number.ts";
import { Table } from "../parts/table.tsx";

export function MetricTable({ metrics }: { readonly metrics: Readonly<Record<string, Interval>> }) {
  return (
    <Table
      caption="Metrics"
      head={
        <>
          <th scope="col">Metric</th>
          <th scope="col" className="number">
            Estimate
          </th>
          <th scope="col" className="number">
            95 % interval
          </th>
        </>
      }
    >
      {Object.entries(metrics).map(([metric, interval]) => (
        <tr key={metric}>
          <th scope="row">{metricName(metric)}</th>
          <td className="number">
            <strong>{formatMetric(interval.value)}</strong>
          </td>
          <td className="number quiet">
            {formatMetric(interval.low)} to {formatMetric(interval.high)}
          </td>
        </tr>
      ))}
    </Table>
  );
}
