import { Link } from "@tanstack/react-router";
import type { LoggedPrediction } from "../../../packages/tenon/src/server/wire.ts";
import { formatRow, formatValue } from "../format/value.ts";
import { Moment } from "../parts/moment.tsx";
import { Score } from "../parts/score.tsx";
import { Table } from "../parts/table.tsx";
import { VariantBadge } from "../parts/variant-badge.tsx";
import { LabelText } from "./label-text.tsx";
import "./recent-table.css";

export function RecentTable({ predictions }: { readonly predictions: readonly LoggedPrediction[] }) {
  const outputs = Object.keys(predictions[0]?.output ?? {});
  return (
    <Table
      caption="Recent predictions"
      head={
        <>
          <th scope="col">At</th>
          {outputs.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
          <th scope="col">Label</th>
          <th scope="col">Input</th>
          <th scope="col">Model</th>
        </>
      }
    >
      {predictions.map((one) => (
        <tr key={one.id}>
          <th scope="row">
            <Link to="/predictions/$prediction/$id" params={{ prediction: one.prediction, id: one.id }}>
              <Moment at={one.at} as="short" />
            </Link>
          </th>
          {outputs.map((name) => (
            <td key={name} className="one-line">
              {typeof one.output[name] === "number" ? (
                <Score value={one.output[name]} />
              ) : (
                formatValue(one.output[name])
              )}
            </td>
          ))}
          <td className="one-line">
            <LabelText label={one.label} />
          </td>
          <td className="recent-input">{formatRow(one.input)}</td>
          <td className="one-line quiet">
            {one.model} {one.receipt.variant !== "live" && <VariantBadge variant={one.receipt.variant} />}
          </td>
        </tr>
      ))}
    </Table>
  );
}
