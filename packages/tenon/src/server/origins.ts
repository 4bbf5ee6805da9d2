import type { IncomingMessage } from "node:http";
import { TenonError } from "../base/error.ts";
import type { TenonResponse } from "./http-response.ts";

const preflightAgeS = 600;

/** A scheme, a host, and a port where it is not the usual one. */
export const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;
export const noOrigin = (text: string): string =>
  `"${text.slice(0, 200)}" is no origin; it is written like https://app.example.com`;

/**
 * The sites whose pages may call the server from a browser.
 * @source Fetch standard, "CORS protocol"
 */
export class Origins {
  readonly #allowed: ReadonlySet<string>;
  readonly #isPublished: (origin: string) => boolean;

  /**
   * `isPublished`: whether some published key is for pages of a site.
   * @throws cli.usage for what is no origin, such as an address with a path
   */
  constructor(allowed: readonly string[], isPublished: (origin: string) => boolean) {
    const wrong = allowed.find((origin) => !isOrigin(origin));
    if (wrong !== undefined) throw new TenonError("cli.usage", noOrigin(wrong));
    this.#allowed = new Set(allowed);
    this.#isPublished = isPublished;
  }

  /** Lets an allowed site's page read the answer. True where the request was the browser's question, and is answered. */
  answer(request: IncomingMessage, response: TenonResponse): boolean {
    const { origin } = request.headers;
    if (origin === undefined || !(this.#allowed.has(origin) || this.#isPublished(origin))) return false;
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", "x-request-id, retry-after");
    response.setHeader("vary", "origin");
    if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
    response.writeHead(204, {
      "access-control-allow-methods": "GET, POST, PUT, DELETE",
      "access-control-allow-headers":
        "authorization, content-type, x-request-id, idempotency-key, tenon-budget-ms, tenon-priority",
      "access-control-max-age": String(preflightAgeS),
    });
    response.end();
    return true;
  }
}
