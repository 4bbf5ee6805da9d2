import type { CalibrationBin } from "../../../packages/tenon/src/server/wire.ts";
import { formatCount, formatPercent } from "../format/number.ts";
import "./calibration-chart.css";

const size = 320;
const left = 56;
const bottom = 40;
const top = 10;
const right = 20;
const ticks = [0, 0.25, 0.5, 0.75, 1];
const x = (value: number) => left + value * (size - left - right);
const y = (value: number) => size - bottom - value * (size - bottom - top);

/** Observed against predicted rates, with intervals; on the diagonal a score of 0.3 comes true in 30 of 100 cases. */
export function CalibrationChart({ bins }: { readonly bins: readonly CalibrationBin[] }) {
  const largest = Math.max(1, ...bins.map((bin) => bin.count));
  return (
    <figure className="calibration">
      <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={summaryOf(bins)}>
        <Axes />
        <line className="calibration-diagonal" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        <polyline
          className="calibration-line"
          points={bins.map((bin) => `${x(bin.meanPredicted)},${y(bin.observedRate)}`).join(" ")}
        />
        {bins.map((bin) => (
          <g key={bin.meanPredicted} className="calibration-bin">
            <title>{describe(bin)}</title>
            <line x1={x(bin.meanPredicted)} x2={x(bin.meanPredicted)} y1={y(bin.low)} y2={y(bin.high)} />
            <circle cx={x(bin.meanPredicted)} cy={y(bin.observedRate)} r={2.5 + 3.5 * Math.sqrt(bin.count / largest)} />
          </g>
        ))}
      </svg>
      <details>
        <summary>Bins as a list</summary>
        <ol className="small">
          {bins.map((bin) => (
            <li key={bin.meanPredicted}>{describe(bin)}</li>
          ))}
        </ol>
      </details>
    </figure>
  );
}

function Axes() {
  return (
    <g className="calibration-axes">
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} />
          <text x={x(0) - 8} y={y(tick) + 4} textAnchor="end">
            {tick * 100}%
          </text>
          <text x={x(tick)} y={y(0) + 16} textAnchor="middle">
            {tick * 100}%
          </text>
        </g>
      ))}
      <text x={x(0.5)} y={size - 4} textAnchor="middle">
        mean predicted
      </text>
      <text x={-y(0.5)} y={12} textAnchor="middle" transform="rotate(-90)">
        observed
      </text>
    </g>
  );
}

function describe(bin: CalibrationBin): string {
  const interval = `${formatPercent(bin.low)} to ${formatPercent(bin.high)}`;
  return `predicted ${formatPercent(bin.meanPredicted)}, observed ${formatPercent(bin.observedRate)} (${interval}), ${formatCount(bin.count)} rows`;
}

function summaryOf(bins: readonly CalibrationBin[]): string {
  const off = bins.filter((bin) => bin.low > bin.meanPredicted || bin.high < bin.meanPredicted).length;
  return `Calibration curve of ${bins.length} bins; in ${off} of them the interval of the observed rate misses the diagonal.`;
}
