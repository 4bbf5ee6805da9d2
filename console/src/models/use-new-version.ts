import { useEffect, useRef } from "react";
import type { ModelAnswer } from "../../../packages/tenon/src/server/wire.ts";

/** Calls back when a version has come since the page was opened. */
export function useNewVersion(model: ModelAnswer | undefined, onNew: (version: number) => void): void {
  const known = useRef<number>(undefined);
  const tell = useRef(onNew);
  tell.current = onNew;
  const newest = model && (model.versions[0]?.version ?? 0);
  useEffect(() => {
    if (newest === undefined) return;
    if (known.current !== undefined && newest > known.current) tell.current(newest);
    known.current = newest;
  }, [newest]);
}
