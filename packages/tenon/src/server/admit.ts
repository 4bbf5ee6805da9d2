import type { Visitors } from "../service/govern/visitors.ts";
import { checkPublished } from "./published-key.ts";
import type { Call, Route } from "./route.ts";

/**
 * Counts a call as under way until its answer is sent, or its caller has gone; nothing of its body was read before.
 * @throws server.busy, key.busy, key.published, key.visitor, key.quota
 */
export function admit(call: Call, route: Route, visitors: Visitors, trustsProxy: boolean): void {
  const { caller, response, tenon } = call;
  if (caller.publishable !== undefined) checkPublished(call, route, visitors, trustsProxy);
  else if (caller.callsPerMinute !== undefined) visitors.admit(caller, "");
  if (route.isStream === true) return;
  tenon.admission.enter(caller.keyId);
  response.once("close", () => tenon.admission.leave(caller.keyId));
}
