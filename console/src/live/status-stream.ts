import type { StatusAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { get } from "../api/request.ts";
import { mergePoints } from "./point-ring.ts";

export interface LiveStatus {
  readonly connection: "connecting" | "live" | "reconnecting";
  readonly status: StatusAnswer | undefined;
}

export interface StatusStream {
  read(): LiveStatus;
  subscribe(listener: () => void): () => void;
}

const reconnectMs = 2_000;

/** The server's state, once a second, while anybody listens. Points come as a whole ring first, then one by one. */
export function openStatusStream(onLost: () => void): StatusStream {
  const listeners = new Set<() => void>();
  let live: LiveStatus = { connection: "connecting", status: undefined };
  let source: EventSource | undefined;
  let retry: number | undefined;

  const publish = (next: LiveStatus) => {
    live = next;
    for (const listener of listeners) listener();
  };
  const take = (status: StatusAnswer) => {
    const points = mergePoints(live.status?.points ?? [], status.points);
    publish({ connection: "live", status: { ...status, points } });
  };
  const takeHistory = async () => {
    const status = await get<StatusAnswer>("/status", AbortSignal.timeout(10_000)).catch(() => undefined);
    if (status) take(status);
  };
  const connect = () => {
    void takeHistory();
    source = new EventSource("/stream");
    source.addEventListener("status", (message: MessageEvent<string>) => take(JSON.parse(message.data)));
    source.addEventListener("error", lose);
  };
  const lose = () => {
    source?.close();
    publish({ connection: live.status ? "reconnecting" : "connecting", status: live.status });
    onLost();
    window.clearTimeout(retry);
    retry = window.setTimeout(connect, reconnectMs);
  };
  const close = () => {
    window.clearTimeout(retry);
    source?.close();
  };

  return {
    read: () => live,
    subscribe(listener) {
      if (listeners.size === 0) connect();
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) close();
      };
    },
  };
}
