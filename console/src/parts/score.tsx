import { formatValue } from "../format/value.ts";
import "./score.css";

/** An output value; a number between 0 and 1 gets a bar as long as it is large. */
export function Score({ value }: { readonly value: unknown }) {
  if (typeof value !== "number" || value < 0 || value > 1 || Number.isInteger(value))
    return <span>{formatValue(value)}</span>;
  return (
    <span className="score">
      <span>{value.toFixed(3)}</span>
      <span className="score-track" aria-hidden="true">
        <span style={{ width: `${value * 100}%` }} />
      </span>
    </span>
  );
}
