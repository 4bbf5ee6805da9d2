import { useState } from "react";
import type { ModelVersion } from "../../../packages/tenon/src/server/wire.ts";
import { formatPercent } from "../format/number.ts";
import { Button } from "../parts/button.tsx";
import "./importance-bars.css";

const shownFirst = 12;

/** The input columns by their share of the importance, largest first. */
export function ImportanceBars({ columns }: Pick<ModelVersion, "columns">) {
  const [all, setAll] = useState(false);
  const sorted = [...columns].sort((a, b) => b.importance - a.importance);
  const total = sorted.reduce((sum, column) => sum + column.importance, 0) || 1;
  const largest = sorted[0]?.importance || 1;
  return (
    <>
      <ol className="importance">
        {(all ? sorted : sorted.slice(0, shownFirst)).map((column) => (
          <li key={column.name}>
            <code>{column.name}</code>
            <span className="importance-track" aria-hidden="true">
              <span style={{ width: `${(column.importance / largest) * 100}%` }} />
            </span>
            <span className="importance-share">{formatPercent(column.importance / total)}</span>
          </li>
        ))}
      </ol>
      {sorted.length > shownFirst && (
        <Button look="small" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${sorted.length}`}
        </Button>
      )}
    </>
  );
}
