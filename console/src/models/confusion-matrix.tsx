import type { EvaluationReport } from "../../../packages/tenon/src/server/wire.ts";
import { formatCount, formatPercent } from "../format/number.ts";
import "./confusion-matrix.css";

type Counts = NonNullable<EvaluationReport["confusion"]>;

/** Counts with their share of the row: what became of those that were true, and of those that were not. */
export function ConfusionMatrix({ counts }: { readonly counts: Counts }) {
  const { truePositive, falseNegative, falsePositive, trueNegative } = counts;
  return (
    <table className="confusion">
      <caption className="hidden-visually">Confusion matrix</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">predicted yes</th>
          <th scope="col">predicted no</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">was yes</th>
          <Cell count={truePositive} of={truePositive + falseNegative} right />
          <Cell count={falseNegative} of={truePositive + falseNegative} />
        </tr>
        <tr>
          <th scope="row">was no</th>
          <Cell count={falsePositive} of={falsePositive + trueNegative} />
          <Cell count={trueNegative} of={falsePositive + trueNegative} right />
        </tr>
      </tbody>
    </table>
  );
}

interface CellProps {
  readonly count: number;
  readonly of: number;
  /** The prediction was right. */
  readonly right?: boolean;
}

const tintMax = 26;

function Cell({ count, of, right = false }: CellProps) {
  const share = of === 0 ? 0 : count / of;
  const tint = `color-mix(in oklab, var(--accent) ${Math.round(share * tintMax)}%, var(--surface))`;
  return (
    <td style={{ background: tint }}>
      <strong>{formatCount(count)}</strong>
      <span>
        {formatPercent(share)} {right ? "right" : "wrong"}
      </span>
    </td>
  );
}
