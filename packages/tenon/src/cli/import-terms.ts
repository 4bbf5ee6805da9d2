import { durationMs } from "../base/duration.ts";
import { TenonError } from "../base/error.ts";
import type { CommandCall, Option } from "./command.ts";
import { flagText } from "./flags.ts";

export const latencyOption: Option = {
  flag: "--latency",
  value: "SPAN",
  about: "How long after its time an imported row was known, such as 5m; default 0, or `receivedAt` of each",
};

/** What every import of events may say about its source. */
export const importOptions: readonly Option[] = [
  latencyOption,
  {
    flag: "--complete",
    about: "The source had nothing before this import: windows that reach back further are whole",
  },
  {
    flag: "--complete-from",
    value: "TIME",
    about:
      "The import holds everything since then, such as 2025-01-01T00:00:00Z; windows that reach back further are incomplete",
  },
];

/** The query of a call that imports. @throws cli.usage */
export function importTerms(call: CommandCall): URLSearchParams {
  const latency = flagText(call, "latency");
  const completeFrom = flagText(call, "complete-from");
  const asked = new URLSearchParams({ import: "true" });
  if (latency !== undefined) {
    checkSpan(latency);
    asked.set("latency", latency);
  }
  if (completeFrom !== undefined) asked.set("completeFrom", completeFrom);
  if (call.flags.complete === true) asked.set("complete", "true");
  return asked;
}

function checkSpan(text: string): void {
  try {
    durationMs(text);
  } catch {
    throw new TenonError("cli.usage", `--latency takes a span of time such as 5m; "${text}" is none`);
  }
}
