import type { GateResult } from "../../../packages/tenon/src/server/wire.ts";
import { IntervalBar } from "../charts/interval-bar.tsx";
import { formatMetric } from "../format/number.ts";
import { GateLine } from "./gate-line.tsx";
import "./gate-list.css";
import { boundsOf } from "./metric-bounds.ts";

const meanings: Readonly<Record<GateResult["outcome"], string>> = {
  pass: "the whole interval is on the right side of the bound",
  fail: "the whole interval is on the wrong side of the bound",
  inconclusive: "the bound lies inside the interval: more rows are needed",
};

/** Bound against interval: the outcomes can be read off the picture. */
export function GateList({ gates }: { readonly gates: readonly GateResult[] }) {
  if (gates.length === 0) {
    return (
      <p className="quiet">
        The model declares none, so any version may go live. Add <code>gates: [atLeast("auc", 0.65)]</code> to it.
      </p>
    );
  }
  return (
    <ul className="gates">
      {gates.map((gate) => (
        <li key={`${gate.metric} ${gate.direction}`}>
          <p className="gate-head">
            <span>
              <GateLine gate={gate} />
            </span>
            {gate.estimate === null ? (
              <span className="quiet small">no figure</span>
            ) : (
              <span>
                <strong>{formatMetric(gate.estimate.value)}</strong>{" "}
                <span className="quiet small">
                  {formatMetric(gate.estimate.low)} to {formatMetric(gate.estimate.high)}
                </span>
              </span>
            )}
          </p>
          {gate.estimate !== null && (
            <IntervalBar interval={gate.estimate} {...boundsOf([gate.estimate], [gate.bound])} bound={gate.bound} />
          )}
          <p className="quiet small">{meanings[gate.outcome]}</p>
        </li>
      ))}
    </ul>
  );
}
