import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { isRecord } from "../base/record.ts";
import type { PublishableTerms } from "../ports/metadata-store.ts";
import type { Tenon } from "../service/tenon.ts";
import { isOrigin, noOrigin } from "./origins.ts";

/**
 * The terms of a published key: `{ "predictions": […], "origins": […], "callsPerMinute": 60 }`.
 * @throws field.type, prediction.unknown
 */
export function publishedTerms(asked: unknown, tenon: Tenon): PublishableTerms {
  const given = isRecord(asked) ? asked : {};
  const predictions = textsOf(given.predictions, "predictions");
  for (const name of predictions) tenon.serving.predictor(name);
  const origins = textsOf(given.origins, "origins");
  const wrong = origins.find((origin) => !isOrigin(origin));
  if (wrong !== undefined) throw new TenonError("field.type", `/publishable/origins: ${noOrigin(wrong)}`);
  const { callsPerMinute = limit.visitorCallsPerMinute } = given;
  return { predictions, origins, callsPerMinute: callsOf(callsPerMinute, limit.visitorCallsPerMinuteMax) };
}

/** @throws field.type */
export function callsOf(given: unknown, max: number): number {
  if (typeof given === "number" && Number.isSafeInteger(given) && given >= 1 && given <= max) return given;
  throw new TenonError("field.type", `/callsPerMinute: a whole number from 1 to ${max}`);
}

function textsOf(given: unknown, name: string): readonly string[] {
  const texts = Array.isArray(given) ? given.filter((text): text is string => typeof text === "string") : [];
  const isList = Array.isArray(given) && texts.length === given.length;
  if (isList && texts.length >= 1 && texts.length <= limit.publishedNamesMax) return texts;
  throw new TenonError("field.type", `/publishable/${name}: a list of 1 to ${limit.publishedNamesMax} texts`);
}
