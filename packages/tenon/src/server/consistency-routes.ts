import { formatPosition } from "../base/position.ts";
import { sendJson } from "./http-response.ts";
import type { Call, Route } from "./route.ts";
import type { Json } from "./wire.ts";
import type { ConsistencyAnswer } from "./wire-consistency.ts";

export const consistencyRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/consistency",
    scope: "admin",
    summary: "Logged predictions whose features were recomputed from their events, and those that did not agree",
    handle,
  },
];

function handle({ tenon, response, caller }: Call): void {
  const { consistency } = tenon;
  const { lastRoundAtMs } = consistency;
  const answer: ConsistencyAnswer = {
    on: consistency.isOn,
    lastRoundAt: lastRoundAtMs === null ? null : new Date(lastRoundAtMs).toISOString(),
    ...consistency.of(caller.tenant),
    newest: consistency.mismatches(caller.tenant).map((found) => ({
      prediction: found.prediction,
      id: found.id,
      at: new Date(found.atMs).toISOString(),
      position: formatPosition(found.position),
      column: found.column,
      key: found.key,
      logged: jsonOf(found.logged),
      expected: jsonOf(found.expected),
      foundAt: new Date(found.foundAtMs).toISOString(),
      test: found.test,
    })),
  };
  sendJson(response, 200, answer);
}

const jsonOf = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null));
