import type { LiveQuality, ModelVersion } from "../../../packages/tenon/src/server/wire.ts";
import { CalibrationChart } from "../charts/calibration-chart.tsx";
import { formatCount, formatMetric } from "../format/number.ts";
import { Panel } from "../parts/panel.tsx";
import { ConfusionMatrix } from "./confusion-matrix.tsx";
import { GateList } from "./gate-list.tsx";
import { ImportanceBars } from "./importance-bars.tsx";
import { MetricTable } from "./metric-table.tsx";
import { SliceTable } from "./slice-table.tsx";
import { VersionFacts } from "./version-facts.tsx";

interface VersionDetailProps {
  readonly version: ModelVersion;
  readonly quality: readonly LiveQuality[];
}

/** The evaluation of one version, and where it came from. */
export function VersionDetail({ version, quality }: VersionDetailProps) {
  const { evaluation } = version;
  const live = quality.find((one) => one.version === version.version && one.calibration.length > 0);
  const named = `version ${version.version}`;
  // It stands in the column that is shorter.
  const confusion = evaluation.confusion && (
    <Panel title="Confusion matrix" note={`at threshold ${formatMetric(evaluation.threshold)}`}>
      <ConfusionMatrix counts={evaluation.confusion} />
    </Panel>
  );
  return (
    <>
      <VersionFacts version={version} />
      <div className="columns">
        <div className="stack">
          <Panel title="Gates" note={named}>
            <GateList gates={version.gates} />
          </Panel>
          {evaluation.calibration.length > 0 && (
            <Panel title="Calibration" note={`${named}, on later rows`}>
              <CalibrationChart bins={evaluation.calibration} />
            </Panel>
          )}
          {live && (
            <Panel title="Calibration, live" note={`${named}, over mature labels`}>
              <CalibrationChart bins={live.calibration} />
            </Panel>
          )}
          {!live && confusion}
        </div>
        <div className="stack">
          <Panel title="Metrics" note={`${named}, on ${formatCount(evaluation.rows)} later rows`} flush>
            <MetricTable metrics={evaluation.metrics} />
          </Panel>
          {live && confusion}
          <Panel title="Importance" note="share of the gain of all splits">
            <ImportanceBars columns={version.columns} />
          </Panel>
        </div>
      </div>
      {evaluation.slices.length > 0 && (
        <Panel title="Slices" note={`${named}, on later rows`} flush>
          <SliceTable slices={evaluation.slices} task={evaluation.task} />
        </Panel>
      )}
    </>
  );
}
