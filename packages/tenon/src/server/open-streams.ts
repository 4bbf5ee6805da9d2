import type { ServerResponse } from "node:http";
import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import type { Tenon } from "../service/tenon.ts";

const openByApp = new WeakMap<Tenon, Set<ServerResponse>>();

/**
 * Counts a stream of server-sent events as open until it is closed.
 * @throws log.full where the app has as many as it takes
 */
export function addStream(tenon: Tenon, response: ServerResponse): void {
  const open = openByApp.get(tenon) ?? new Set();
  if (open.size >= limit.streamsMax)
    throw new TenonError("log.full", `${open.size} streams are open already`, { retryAfterMs: 5_000 });
  openByApp.set(tenon, open.add(response));
  response.once("close", () => open.delete(response));
}

/** Ends every stream: one has no end of its own for a shutdown to wait for. */
export function endStreams(tenon: Tenon): void {
  for (const response of openByApp.get(tenon) ?? []) response.end();
}
