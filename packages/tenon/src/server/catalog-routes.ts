import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { lineageOf } from "../plan/lineage.ts";
import { lineageAround } from "../plan/lineage-walk.ts";
import { describeCatalog, describeCatalogColumn, describeCatalogSet } from "./describe-catalog.ts";
import { sendJson } from "./http-response.ts";
import type { Call, Route } from "./route.ts";

export const catalogRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/catalog",
    scope: "admin",
    summary: "The features with owner, definition, users and live figures",
    handle: list,
  },
  {
    method: "GET",
    path: "/catalog/:set",
    scope: "admin",
    summary: "A feature set with what its columns hold and cost",
    handle: async (call) =>
      sendJson(call.response, 200, await describeCatalogSet(call.tenon, call.caller, call.parameters.set ?? "")),
  },
  {
    method: "GET",
    path: "/catalog/:set/:column",
    scope: "admin",
    summary: "A feature with its values now and at training",
    handle: async (call) => {
      const { set = "", column = "" } = call.parameters;
      sendJson(call.response, 200, await describeCatalogColumn(call.tenon, call.caller, `${set}.${column}`));
    },
  },
  {
    method: "GET",
    path: "/lineage",
    scope: "admin",
    summary: "Where values come from and go to, from event columns to predictions",
    handle: lineage,
  },
];

async function list({ tenon, response, caller, query }: Call): Promise<void> {
  const page = {
    search: query.get("q") ?? "",
    isUnused: query.get("unused") === "true",
    offset: countOf(query, "offset", Number.MAX_SAFE_INTEGER) ?? 0,
    limit: countOf(query, "limit", limit.catalogPageMax) ?? limit.catalogPageMax,
  };
  sendJson(response, 200, await describeCatalog(tenon, caller, page));
}

function countOf(query: URLSearchParams, name: string, max: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count <= max) return count;
  throw new TenonError("field.type", `${name}: expected a whole number up to ${max}; found "${text.slice(0, 60)}"`);
}

function lineage({ tenon, response, query }: Call): void {
  const whole = lineageOf(tenon.build.app.plan);
  const of = query.get("of");
  const told = of === null ? whole : lineageAround(whole, of);
  if (told.nodes.length > limit.lineageNodesMax)
    throw new TenonError(
      "field.missing",
      `the lineage has ${told.nodes.length} definitions and columns, and one answer ${limit.lineageNodesMax}: name one of them in ?of=`,
    );
  sendJson(response, 200, told);
}
