import { useQuery } from "@tanstack/react-query";
import { useId, useMemo } from "react";
import type { FeaturesAnswer, Json } from "../../../packages/tenon/src/server/wire.ts";
import { type FeatureSet, featureHistoryQuery } from "../api/feature-reads.ts";
import { TimeChart } from "../charts/time-chart.tsx";
import { formatFigure } from "../format/number.ts";
import { formatShort } from "../format/time.ts";
import { rangeMinutes, type TimeTravel } from "./use-time-travel.ts";

interface ColumnHistoryProps {
  readonly set: FeatureSet;
  readonly lookedUp: string;
  readonly column: string | undefined;
  readonly travel: TimeTravel;
  readonly onColumn: (column: string) => void;
}

const rangeMs = rangeMinutes * 60_000;
const dayS = 86_400;
const chartHeight = 232;

/** One numeric column of the key over the range of the slider: the same read at evenly spaced times. */
export function ColumnHistory({ set, lookedUp, column, travel, onColumn }: ColumnHistoryProps) {
  const id = useId();
  const numeric = set.columns.filter((one) => one.type === "number" && one.many === null);
  const shown = numeric.find((one) => one.name === column) ?? numeric[0];
  const toMs = travel.endMs ?? 0;
  const { data } = useQuery({
    ...featureHistoryQuery(set, lookedUp, { fromMs: toMs - rangeMs, toMs }),
    enabled: toMs > 0 && shown !== undefined,
  });
  const at = useMemo(() => (data ?? []).map((answer) => Date.parse(answer.at) / 1000), [data]);
  const name = shown?.name ?? "";
  const values = useMemo(() => [(data ?? []).map((answer) => numberOf(answer, name))], [data, name]);
  if (!shown) return null;
  const to = at.at(-1) ?? toMs / 1000;
  const from = at.at(0) ?? to - rangeMs / 1000;
  return (
    <div>
      <div className="column-history-head">
        <label htmlFor={id}>Over 7 days</label>
        <select id={id} className="control" value={name} onChange={(change) => onColumn(change.target.value)}>
          {numeric.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </select>
      </div>
      <TimeChart
        summary={summaryOf(name, values[0] ?? [])}
        height={chartHeight}
        lines={[{ label: name, tone: "first" }]}
        at={at}
        values={values}
        range={{ from, to }}
        ticks={dayTicks(from, to)}
        format={formatFigure}
        formatAt={(second) => formatShort(new Date(second * 1000).toISOString())}
        fromZero={false}
        points
        marker={travel.at === undefined ? undefined : Date.parse(travel.at) / 1000}
      />
    </div>
  );
}

function numberOf(answer: FeaturesAnswer, column: string): number | null {
  const value: Json | undefined = answer.rows[0]?.values[column];
  return typeof value === "number" ? value : null;
}

/** Every other midnight in UTC. */
function dayTicks(from: number, to: number): { at: number; label: string }[] {
  const ticks = [];
  for (let at = Math.ceil(from / dayS) * dayS; at < to - dayS / 3; at += 2 * dayS) {
    const label = new Date(at * 1000).toLocaleDateString("en-GB", { timeZone: "UTC", day: "numeric", month: "short" });
    ticks.push({ at, label });
  }
  return ticks;
}

function summaryOf(column: string, values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return `${column} has no value in the 7 days.`;
  const bounds = `lowest ${formatFigure(Math.min(...known))}, highest ${formatFigure(Math.max(...known))}`;
  return `${column} over 7 days, read at ${values.length} times: ${bounds}, at the end ${formatFigure(known.at(-1) ?? 0)}.`;
}
