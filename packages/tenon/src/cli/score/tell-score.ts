import { type CommandCall, exitCodes } from "../command.ts";
import type { ScoreCall } from "./score-call.ts";
import type { ScoreSink } from "./score-sink.ts";
import type { ScoreState } from "./score-state.ts";

export interface ScoreEnd {
  readonly asked: ScoreCall;
  readonly sink: ScoreSink;
  readonly begun: ScoreState;
  readonly ended: ScoreState;
  readonly seconds: number;
}

const count = (n: number): string => n.toLocaleString("en");

/** The last lines of a scoring; the exit code. */
export function tellScore({ output }: CommandCall, { asked, sink, begun, ended, seconds }: ScoreEnd): number {
  const { scored, degraded, refused, models, reasons } = ended;
  const { rejectsFile } = asked.rows;
  const parts = [
    `${count(scored)} scored into ${sink.name}`,
    ...(degraded === 0 ? [] : [`${count(degraded)} of them degraded`]),
    ...(refused === 0 ? [] : [`${count(refused)} refused: see ${rejectsFile}`]),
  ];
  output.text(`${parts.join(", ")} (${seconds.toFixed(1)} s)`);
  for (const [reason, rows] of Object.entries(reasons)) output.text(`  degraded: ${reason} (${count(rows)})`);
  if (Object.keys(models).length > 1)
    for (const [model, rows] of Object.entries(models)) output.text(`  ${model} answered ${count(rows)}`);
  output.value({
    rows: scored + refused,
    ...{ scored, degraded, refused, models, reasons },
    rejects: refused === 0 ? null : rejectsFile,
    to: sink.name,
    begunAtRow: begun.place.row,
    seconds,
  });
  return refused > 0 ? exitCodes.failed : exitCodes.ok;
}
