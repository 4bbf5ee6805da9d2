import { useSyncExternalStore } from "react";
import type { StatusAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { queryClient } from "../api/client.ts";
import { appQuery } from "../api/queries.ts";
import { type LiveStatus, openStatusStream } from "./status-stream.ts";

// A lost stream says nothing about why; asking for the app does: signed out, or not running.
const stream = openStatusStream(() => void queryClient.invalidateQueries(appQuery));

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(stream.subscribe, stream.read);
}

export function useStatus(): StatusAnswer | undefined {
  return useLiveStatus().status;
}
