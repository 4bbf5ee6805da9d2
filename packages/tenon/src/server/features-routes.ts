import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { parsePosition } from "../base/position.ts";
import { isRecord } from "../base/record.ts";
import { checkTime, isMistake } from "../plan/row-validator.ts";
import type { FeatureQuery } from "../service/predict/read-features.ts";
import { readSets } from "../service/predict/read-sets.ts";
import { parseJson, readBody } from "./http-request.ts";
import { sendJson, sendText } from "./http-response.ts";
import type { Call, Route } from "./route.ts";

export const featuresRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/features/:set",
    scope: "predict",
    summary: "Reads a feature set's columns for many keys, now or at a time",
    handle: features,
  },
  {
    method: "POST",
    path: "/features",
    scope: "predict",
    summary: "Reads several feature sets for the same keys, at one position",
    handle: severalSets,
  },
];

const known = ["keys", "at", "position", "after", "asOf", "columns", "brief"];

async function features(call: Call): Promise<void> {
  const { tenon, response, caller, parameters } = call;
  const { query } = await queryOf(call, known);
  const { rows, position, archive } = await tenon.featuresText(caller.tenant, { ...query, set: parameters.set ?? "" });
  const at = new Date(query.atMs).toISOString();
  const lagMs = toldLag(tenon.lag.ms);
  const rest = `${archive ? ',"archive":true' : ""}${lagMs === undefined ? "" : `,"lagMs":${lagMs}`}`;
  const text = `{"rows":${rows},"position":${JSON.stringify(position)},"at":"${at}"${rest}}`;
  sendText(response, 200, "application/json", text);
}

async function severalSets(call: Call): Promise<void> {
  const { tenon, response, caller } = call;
  const { query, body } = await queryOf(call, ["sets", ...known]);
  const sets = textsOf(body.sets, "/sets: expected a list of feature sets");
  const { rows, position, archive } = await readSets(tenon, caller.tenant, { ...query, sets: sets ?? [] });
  const lagMs = toldLag(tenon.lag.ms);
  const rest = { ...(archive ? { archive } : {}), ...(lagMs === undefined ? {} : { lagMs }) };
  sendJson(response, 200, { rows, position, at: new Date(query.atMs), ...rest });
}

/** A lag that is worth telling: less is between two commits. */
const lagMsTold = 1_000;
const toldLag = (lagMs: number): number | undefined => (lagMs < lagMsTold ? undefined : Math.round(lagMs));

type Body = Readonly<Record<string, unknown>>;

async function queryOf(
  { tenon, request }: Call,
  fields: readonly string[],
): Promise<{ readonly query: Omit<FeatureQuery, "set">; readonly body: Body }> {
  const body = parseJson(await readBody(request));
  if (!isRecord(body) || !Array.isArray(body.keys))
    throw new TenonError("field.missing", 'the body is { "keys": [ … ] }');
  const unknown = Object.keys(body).find((name) => !fields.includes(name));
  if (unknown !== undefined)
    throw new TenonError("field.unknown", `"${unknown.slice(0, 60)}" is not one of ${fields.join(", ")}`);
  if (body.after !== undefined) await waitFor(tenon, parsePosition(body.after));
  const query = {
    keys: body.keys,
    atMs: body.at === undefined ? tenon.clock.nowMs() : timeOf(body.at),
    seqMax: body.position === undefined ? undefined : parsePosition(body.position),
    asOf: asOfOf(body.asOf),
    columns: textsOf(body.columns, "/columns: expected a list of column names"),
    brief: briefOf(body.brief),
  };
  return { query, body };
}

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

function textsOf(value: unknown, refusal: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((name): name is string => typeof name === "string")) return value;
  throw new TenonError("field.type", refusal);
}
