import type { LoggedPrediction } from "../../../packages/tenon/src/server/wire.ts";
import { formatValue } from "../format/value.ts";

/** What became of it, once that is known. */
export function LabelText({ label }: Pick<LoggedPrediction, "label">) {
  if (label === null) return <span className="quiet">waiting</span>;
  return <strong>{formatValue(label)}</strong>;
}
