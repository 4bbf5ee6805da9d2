import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { LiveQuality } from "../../../packages/tenon/src/server/wire.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { formatCount, formatMetric, formatPercent } from "../format/number.ts";
import { useApp } from "../frame/app-context.ts";
import { Badge } from "./badge.tsx";
import { Table } from "./table.tsx";

interface QualityTableProps {
  readonly quality: readonly LiveQuality[];
  /** The first cell of a row: the prediction, usually. */
  readonly nameOf: (quality: LiveQuality) => ReactNode;
}

export function QualityTable({ quality, nameOf }: QualityTableProps) {
  const { models } = useApp();
  const tasks = models.filter(({ name }) => quality.some((one) => one.model === name)).map(({ task }) => task);
  return (
    <Table
      caption="Live quality"
      head={
        <>
          <th scope="col">Prediction</th>
          <th scope="col">Version</th>
          <th scope="col" className="number">
            {metricOf(tasks)}
          </th>
          <th scope="col">By batch of labels</th>
          <th scope="col" className="number">
            Labelled
          </th>
          <th scope="col" className="number">
            Waiting
          </th>
          <th scope="col" className="number">
            Brier
          </th>
          <th scope="col" className="number">
            Mean score
          </th>
          <th scope="col" className="number">
            Observed
          </th>
        </>
      }
    >
      {quality.map((one) => (
        <QualityRow key={`${one.prediction} ${one.model} ${one.version}`} quality={one} name={nameOf(one)} />
      ))}
    </Table>
  );
}

function QualityRow({ quality, name }: { readonly quality: LiveQuality; readonly name: ReactNode }) {
  const { model, version, history } = quality;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="one-line">
        <Link to="/models/$model" params={{ model }} search={{ version }}>
          {model}@{version}
        </Link>{" "}
        {quality.live && <Badge tone="accent">live</Badge>}
      </td>
      <td className="number">
        <strong>{formatMetric(quality.auc ?? quality.rmse)}</strong>
      </td>
      <td>
        <Sparkline values={history.map((point) => point.value)} summary={historySummary(quality)} />
      </td>
      <td className="number">{formatCount(quality.labelled)}</td>
      <td className="number">{formatCount(quality.waiting)}</td>
      <td className="number">{formatMetric(quality.brier)}</td>
      <td className="number">{formatMetric(quality.meanScore)}</td>
      <td className="number">{formatPercent(quality.positiveRate)}</td>
    </tr>
  );
}

function metricOf(tasks: readonly string[]): string {
  if (!tasks.includes("regression")) return "AUC";
  return tasks.includes("binary") ? "AUC or RMSE" : "RMSE";
}

function historySummary({ history, auc }: LiveQuality): string {
  const metric = auc === null ? "RMSE" : "AUC";
  const values = history.map((point) => formatMetric(point.value));
  return `${metric} of ${values.length} batches of labels, from ${values.at(0)} to ${values.at(-1)}`;
}
