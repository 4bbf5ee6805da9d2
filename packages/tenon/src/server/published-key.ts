import type { IncomingMessage } from "node:http";
import { TenonError } from "../base/error.ts";
import type { Call, Route } from "./route.ts";

/**
 * Lets a call with a published key pass where its terms do: such a key is known to everybody who looks at the page.
 * @throws key.published
 */
export function checkPublished({ caller, request, parameters, query }: Call, { isPublic }: Route): void {
  const { publishable } = caller;
  if (publishable === undefined) return;
  const { predictions, origins } = publishable;
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin))
    throw new TenonError(
      "key.published",
      `the key is for pages of ${origins.join(", ")}; the call comes from ${(origin ?? "no page").slice(0, 200)}`,
    );
  const { prediction } = parameters;
  if (isPublic !== true || prediction === undefined || !predictions.includes(prediction))
    throw new TenonError("key.published", `the key asks ${predictions.join(", ")} alone`);
  if (query.has("explain")) throw new TenonError("key.published", "features are told to secret keys alone");
}

/** Who calls: the end of the connection, or, behind a proxy that is trusted, whom that says it is. */
export function addressOf(request: IncomingMessage, trustsProxy: boolean): string {
  const forwarded = trustsProxy ? request.headers["x-forwarded-for"] : undefined;
  // The proxy adds the last one; those before are what the caller wrote.
  const last = typeof forwarded === "string" ? forwarded.split(",").at(-1)?.trim() : undefined;
  return last === undefined || last === "" ? (request.socket.remoteAddress ?? "") : last.slice(0, 100);
}
