import { Link } from "@tanstack/react-router";
import type { ModelVersion } from "../../../packages/tenon/src/server/wire.ts";
import { IntervalBar } from "../charts/interval-bar.tsx";
import { formatDuration } from "../format/duration.ts";
import { metricName } from "../format/metric-name.ts";
import { formatCount, formatMetric } from "../format/number.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Moment } from "../parts/moment.tsx";
import { Table } from "../parts/table.tsx";
import { boundsOf, mainMetric } from "./metric-bounds.ts";

interface VersionTableProps {
  readonly versions: readonly ModelVersion[];
  readonly shown: number;
  readonly onPromote: (version: ModelVersion) => void;
}

export function VersionTable({ versions, shown, onPromote }: VersionTableProps) {
  const metric = mainMetric(versions[0]);
  const intervals = versions.map((version) => version.evaluation.metrics[metric]).filter((one) => one !== undefined);
  const bounds = boundsOf(intervals, []);
  return (
    <Table
      caption="Versions"
      head={
        <>
          <th scope="col">Version</th>
          <th scope="col">{metricName(metric)} and its 95 % interval</th>
          <th scope="col" className="picture">
            On one scale
          </th>
          <th scope="col">Gates</th>
          <th scope="col" className="number">
            Rows
          </th>
          <th scope="col" className="number">
            Rounds
          </th>
          <th scope="col" className="number">
            Took
          </th>
          <th scope="col">Created</th>
          <th scope="col">
            <span className="hidden-visually">Action</span>
          </th>
        </>
      }
    >
      {versions.map((version) => (
        <tr
          key={version.version}
          data-testid={`model-version-${version.version}`}
          className={version.version === shown ? "chosen" : undefined}
        >
          <th scope="row">
            <Link
              to="/models/$model"
              params={{ model: version.model }}
              search={{ version: version.version }}
              resetScroll={false}
              aria-current={version.version === shown ? "true" : undefined}
            >
              Version {version.version}
            </Link>{" "}
            {version.live && <Badge tone="accent">live</Badge>}
          </th>
          <MetricCells interval={version.evaluation.metrics[metric]} bounds={bounds} />
          <td className="one-line">
            <GateCount version={version} />
          </td>
          <td className="number">{formatCount(version.trainedRows)}</td>
          <td className="number">{formatCount(version.rounds)}</td>
          <td className="number">{formatDuration(version.seconds * 1000)}</td>
          <td className="one-line">
            <Moment at={version.createdAt} />
          </td>
          <td className="number">
            {!version.live && (
              <Button
                look="small"
                testId={`model-promote-${version.version}`}
                aria-label={`Promote version ${version.version}`}
                onClick={() => onPromote(version)}
              >
                Promote…
              </Button>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

interface MetricCellsProps {
  readonly interval: ModelVersion["evaluation"]["metrics"][string] | undefined;
  readonly bounds: { readonly from: number; readonly to: number };
}

function MetricCells({ interval, bounds }: MetricCellsProps) {
  if (!interval) {
    return (
      <>
        <td>–</td>
        <td className="picture" />
      </>
    );
  }
  return (
    <>
      <td className="one-line">
        <strong>{formatMetric(interval.value)}</strong>{" "}
        <span className="quiet small">
          {formatMetric(interval.low)} to {formatMetric(interval.high)}
        </span>
      </td>
      <td className="picture">
        <IntervalBar interval={interval} {...bounds} />
      </td>
    </>
  );
}

function GateCount({ version }: { readonly version: ModelVersion }) {
  const passed = version.gates.filter((gate) => gate.outcome === "pass").length;
  const failed = version.gates.some((gate) => gate.outcome === "fail");
  if (version.gates.length === 0) return <span className="quiet">none</span>;
  const tone = version.promotable ? "good" : failed ? "bad" : "unsure";
  return (
    <Badge tone={tone}>
      {passed} of {version.gates.length} pass
    </Badge>
  );
}
