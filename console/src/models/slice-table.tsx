import type { EvaluationReport } from "../../../packages/tenon/src/server/wire.ts";
import { IntervalBar } from "../charts/interval-bar.tsx";
import { formatCount, formatMetric, formatPercent } from "../format/number.ts";
import { Table } from "../parts/table.tsx";
import { boundsOf } from "./metric-bounds.ts";

type SliceTableProps = Pick<EvaluationReport, "slices" | "task">;

/** The metric by value of a column, all on one scale: a slice that the model serves worse stands out. */
export function SliceTable({ slices, task }: SliceTableProps) {
  const bounds = boundsOf(
    slices.map((slice) => slice.metric).filter((metric) => metric !== null),
    [],
  );
  const metric = task === "binary" ? "AUC" : "RMSE";
  return (
    <Table
      caption="Slices"
      head={
        <>
          <th scope="col">Slice</th>
          <th scope="col" className="number">
            Rows
          </th>
          <th scope="col" className="number">
            Rate of yes
          </th>
          <th scope="col" className="number">
            {metric}
          </th>
          <th scope="col" className="number">
            95 % interval
          </th>
          <th scope="col" className="picture">
            On one scale
          </th>
        </>
      }
    >
      {slices.map((slice) => (
        <tr key={`${slice.column} ${slice.value}`}>
          <th scope="row">
            <code>
              {slice.column} = {slice.value}
            </code>
          </th>
          <td className="number">{formatCount(slice.rows)}</td>
          <td className="number">{formatPercent(slice.positiveRate)}</td>
          {slice.metric ? (
            <>
              <td className="number">
                <strong>{formatMetric(slice.metric.value)}</strong>
              </td>
              <td className="number quiet">
                {formatMetric(slice.metric.low)} to {formatMetric(slice.metric.high)}
              </td>
              <td className="picture">
                <IntervalBar interval={slice.metric} {...bounds} />
              </td>
            </>
          ) : (
            <>
              <td colSpan={2} className="quiet">
                too few rows of both classes
              </td>
              <td className="picture" />
            </>
          )}
        </tr>
      ))}
    </Table>
  );
}
