import { formatValue } from "../format/value.ts";
import "./output-figures.css";

/** Every field of an output, large; a number from 0 to 1 with a bar. */
export function OutputFigures({ output }: { readonly output: Readonly<Record<string, unknown>> }) {
  return (
    <dl className="output-figures">
      {Object.entries(output).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {typeof value === "number" && value >= 0 && value <= 1 ? value.toFixed(4) : formatValue(value)}
            {typeof value === "number" && value >= 0 && value <= 1 && (
              <span className="output-bar" aria-hidden="true">
                <span style={{ width: `${value * 100}%` }} />
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
