import type { LoggedPrediction } from "../../../packages/tenon/src/server/wire.ts";
import { formatRow } from "../format/value.ts";
import { Panel } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";

/** What other models answered for the same row, after the answer was sent. */
export function ChallengersPanel({ challengers }: Required<Pick<LoggedPrediction, "challengers">>) {
  return (
    <Panel title="Challengers" note="asked after the answer, for the same row" flush>
      <Table
        caption="What challengers answered"
        head={
          <>
            <th scope="col">Model</th>
            <th scope="col">Answer</th>
            <th scope="col">Degraded</th>
          </>
        }
      >
        {challengers.map(({ model, output, degraded }) => (
          <tr key={model}>
            <th scope="row">{model}</th>
            <td>{formatRow(output)}</td>
            <td className="quiet">{degraded.length === 0 ? "no" : degraded.join(", ")}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}
