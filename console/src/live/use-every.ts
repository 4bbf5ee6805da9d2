import { useEffect, useRef, useState } from "react";

/** The value as it was at the last multiple of `everyMs`: for what should not change each second. */
export function useEvery<T>(value: T, everyMs: number): T {
  const [held, setHeld] = useState(value);
  const latest = useRef(value);
  latest.current = value;
  // The first value that is known is not waited for.
  if (held === undefined && value !== undefined) setHeld(value);
  useEffect(() => {
    const timer = window.setInterval(() => setHeld(latest.current), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return held ?? value;
}
