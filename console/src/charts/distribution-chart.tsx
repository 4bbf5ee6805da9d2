import { formatCount, formatPercent } from "../format/number.ts";
import "./distribution-chart.css";

export interface Spread {
  readonly label: string;
  readonly bars: readonly { readonly label: string; readonly count: number; readonly isOutside: boolean }[];
  readonly rows: number;
}

interface DistributionChartProps {
  /** What the rows are values of. */
  readonly valueTitle: string;
  readonly shareTitle: string;
  /** On the same bins: the first is drawn in the accent's colour. */
  readonly spreads: readonly Spread[];
}

/** Bars that lie: a row for each bin, a bar for each spread, over an axis of shares. Labels stay readable when narrow. */
export function DistributionChart({ valueTitle, shareTitle, spreads }: DistributionChartProps) {
  const [first] = spreads;
  const shares = spreads.map(({ bars, rows }) => bars.map(({ count }) => (rows === 0 ? 0 : count / rows)));
  const shown = (first?.bars ?? []).flatMap(({ label, isOutside }, i) =>
    isOutside && shares.every((one) => (one[i] ?? 0) === 0) ? [] : [{ label, isOutside, i }],
  );
  const ticks = ticksTo(Math.max(0, ...shares.flat()));
  const end = ticks.at(-1) ?? 1;
  return (
    <figure className="distribution">
      <figcaption>
        {spreads.map(({ label }, j) => (
          <span key={label} className={`distribution-key distribution-key-${j}`}>
            {label}
          </span>
        ))}
      </figcaption>
      <div className="distribution-plot">
        <p className="distribution-value-title">{valueTitle}</p>
        <ol>
          {shown.map(({ label, isOutside, i }) => (
            <li key={i} className={isOutside ? "distribution-outside" : undefined}>
              <span className="distribution-label">{label}</span>
              <span className="distribution-track">
                {spreads.map((spread, j) => (
                  <span
                    key={spread.label}
                    className={`distribution-bar distribution-bar-${j}`}
                    style={{ width: `${((shares[j]?.[i] ?? 0) / end) * 100}%` }}
                    title={`${spread.label}: ${formatPercent(shares[j]?.[i] ?? 0)}, ${formatCount(spread.bars[i]?.count ?? 0)}`}
                  >
                    <span className="hidden-visually">
                      {spread.label}: {formatPercent(shares[j]?.[i] ?? 0)}
                    </span>
                  </span>
                ))}
              </span>
            </li>
          ))}
        </ol>
        <div className="distribution-axis" aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick} style={{ left: `${(tick / end) * 100}%` }}>
              {Math.round(tick * 100)}
            </span>
          ))}
        </div>
        <div className="distribution-grid" aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick} style={{ left: `${(tick / end) * 100}%` }} />
          ))}
        </div>
        <p className="distribution-share-title">{shareTitle}</p>
      </div>
    </figure>
  );
}

const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25];
const ticksMax = 5;

/** Round shares from 0 to at least the largest. */
function ticksTo(largest: number): readonly number[] {
  const step = steps.find((one) => Math.ceil(largest / one) <= ticksMax) ?? 0.25;
  const count = Math.max(1, Math.ceil(largest / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}
