import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { parsePosition } from "../base/position.ts";
import { checkTime, isMistake } from "../plan/row-validator.ts";
import { parseJson, readBody } from "./http-request.ts";
import { sendJson } from "./http-response.ts";
import type { Call, Route } from "./route.ts";

export const featuresRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/features/:set",
    scope: "predict",
    summary: "Reads a feature set's columns for many keys, now or at a time",
    handle: features,
  },
];

async function features({ tenon, request, response, caller, parameters }: Call): Promise<void> {
  const body = parseJson(await readBody(request));
  if (!isObject(body) || !Array.isArray(body.keys))
    throw new TenonError("field.missing", 'the body is { "keys": [ … ] }');
  const known = ["keys", "at", "position", "after", "asOf", "columns", "brief"];
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TenonError("field.unknown", `"${unknown.slice(0, 60)}" is not one of ${known.join(", ")}`);
  if (body.after !== undefined) await waitFor(tenon, parsePosition(body.after));
  const nowMs = tenon.clock.nowMs();
  const atMs = body.at === undefined ? nowMs : timeOf(body.at);
  const { rows, position, archive } = await tenon.features(caller.tenant, {
    set: parameters.set ?? "",
    keys: body.keys,
    atMs,
    seqMax: body.position === undefined ? undefined : parsePosition(body.position),
    asOf: asOfOf(body.asOf),
    columns: columnsOf(body.columns),
    brief: briefOf(body.brief),
  });
  sendJson(response, 200, { rows, position, at: new Date(atMs), ...(archive ? { archive } : {}) });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

async function waitFor(tenon: Call["tenon"], seq: number): Promise<void> {
  if (await tenon.applier.waitFor(Math.min(seq, Number.MAX_SAFE_INTEGER), limit.afterWaitMsMax)) return;
  throw new TenonError("position.unreached", `position not applied within ${limit.afterWaitMsMax} ms`, {
    retryAfterMs: 1_000,
  });
}

export function timeOf(value: unknown): number {
  const ms = checkTime(value);
  if (isMistake(ms)) throw new TenonError(ms.code, `/at: ${ms.message}`);
  return ms;
}

function asOfOf(value: unknown): "served" | "corrected" {
  if (value === undefined || value === "served") return "served";
  if (value === "corrected") return "corrected";
  throw new TenonError("field.type", '/asOf: expected "served" or "corrected"');
}

function briefOf(value: unknown): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? false;
  throw new TenonError("field.type", "/brief: expected true or false");
}

function columnsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((name): name is string => typeof name === "string")) return value;
  throw new TenonError("field.type", "/columns: expected a list of column names");
}
