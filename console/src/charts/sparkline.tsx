import "./sparkline.css";

interface SparklineProps {
  readonly values: readonly number[];
  readonly summary: string;
}

const width = 96;
const height = 24;
const inset = 3;

/** A line without axes, its last point marked. */
export function Sparkline({ values, summary }: SparklineProps) {
  if (values.length < 2) return <span className="quiet">–</span>;
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const x = (index: number) => inset + (index / (values.length - 1)) * (width - 2 * inset);
  const y = (value: number) => height - inset - ((value - low) / span) * (height - 2 * inset);
  const last = values.length - 1;
  return (
    <svg className="sparkline" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img">
      <title>{summary}</title>
      <polyline points={values.map((value, index) => `${x(index)},${y(value)}`).join(" ")} />
      <circle cx={x(last)} cy={y(values[last] ?? low)} r={2.5} />
    </svg>
  );
}
