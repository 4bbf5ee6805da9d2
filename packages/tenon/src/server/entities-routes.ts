import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { entityKeys } from "../service/predict/entity-keys.ts";
import { sendJson } from "./http-response.ts";
import type { Call, Route } from "./route.ts";
import type { EntityKeysAnswer } from "./wire.ts";

export const entitiesRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/entities/:entity/keys",
    scope: "admin",
    summary: "The keys of an entity that the app has heard of, a page at a time",
    handle: keys,
  },
];

function keys({ tenon, response, caller, parameters, query }: Call): void {
  const page = entityKeys(tenon, caller.tenant, {
    entity: parameters.entity ?? "",
    after: query.get("after") ?? undefined,
    limit: pageOf(query.get("limit")),
    while: query.get("while") ?? undefined,
  });
  const answer: EntityKeysAnswer = { keys: page.keys, next: page.next ?? null };
  sendJson(response, 200, answer);
}

function pageOf(text: string | null): number {
  if (text === null) return limit.featureKeysMax;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= limit.featureKeysMax) return count;
  throw new TenonError(
    "field.type",
    `limit: expected a whole number from 1 to ${limit.featureKeysMax}; found "${text.slice(0, 60)}"`,
  );
}
