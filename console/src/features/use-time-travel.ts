import { useEffect, useState } from "react";
import { useEvery } from "../live/use-every.ts";
import { useStatus } from "../live/use-status.ts";

export interface TimeTravel {
  /** The chosen time; undefined is now. */
  readonly at: string | undefined;
  /** The chosen time once the slider rests: what is asked of the server. */
  readonly settledAt: string | undefined;
  /** Where the slider ends. It stands still while an earlier time is chosen, though the app clock goes on. */
  readonly endMs: number | undefined;
  /** From the end of the slider; may lie before its start. */
  readonly minutesBack: number;
  goBack(minutes: number): void;
}

export const rangeMinutes = 7 * 24 * 60;
const minuteMs = 60_000;
const restMs = 150;
const nowEveryMs = 10_000;

/** The time travel of a look-up, its chosen time held by the caller (in the address). */
export function useTimeTravel(at: string | undefined, choose: (at: string | undefined) => void): TimeTravel {
  const appNow = useStatus()?.appNow;
  const nowMs = useEvery(appNow === undefined ? undefined : Date.parse(appNow), nowEveryMs);
  const [frozenMs, setFrozenMs] = useState<number>();
  const settledAt = useRested(at, restMs);

  // A time that came with the address: the slider ends where the clock stood when the page was opened.
  useEffect(() => {
    if (at === undefined) setFrozenMs(undefined);
    else if (nowMs !== undefined) setFrozenMs((frozen) => frozen ?? nowMs);
  }, [at, nowMs]);

  const endMs = at === undefined ? nowMs : (frozenMs ?? nowMs);
  const backMs = at === undefined || endMs === undefined ? 0 : endMs - Date.parse(at);
  return {
    at,
    settledAt,
    endMs,
    minutesBack: Math.max(0, Math.round(backMs / minuteMs)),
    goBack(minutes) {
      if (minutes === 0 || endMs === undefined) return choose(undefined);
      setFrozenMs(endMs);
      choose(new Date(Math.floor(endMs / minuteMs - minutes) * minuteMs).toISOString());
    },
  };
}

function useRested<T>(value: T, afterMs: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setRested(value), afterMs);
    return () => window.clearTimeout(timer);
  }, [value, afterMs]);
  return rested;
}
