import type { CallQuotas } from "../service/govern/call-quotas.ts";
import { bulkheadOf } from "./in-turn.ts";
import { addressOf, checkPublished } from "./published-key.ts";
import type { Call, Route } from "./route.ts";

/**
 * Handles a call where its key and the load let it pass, and counts it as under way until it is handled; nothing of its
 * body was read before.
 * @throws server.busy, key.busy, key.published, key.visitor, key.quota, tenant.quota, prediction.busy
 */
export function admit(call: Call, route: Route, quotas: CallQuotas, trustsProxy: boolean): Promise<void> | undefined {
  const { caller, tenon } = call;
  const isPublished = caller.publishable !== undefined;
  if (isPublished) checkPublished(call, route);
  quotas.admit(caller, isPublished ? addressOf(call.request, trustsProxy) : "");
  if (route.isStream === true) return route.handle(call) ?? undefined;
  const bulkhead = route.asks === undefined ? undefined : bulkheadOf(call, route.asks(call));
  bulkhead?.checkRoom();
  tenon.admission.enter(caller.keyId, bulkhead?.bounds.priority);
  let pending: Promise<void> | undefined;
  try {
    pending = route.handle(call) ?? undefined;
  } finally {
    if (pending === undefined) tenon.admission.leave(caller.keyId);
  }
  return pending?.finally(() => tenon.admission.leave(caller.keyId));
}
