import type { IncomingMessage } from "node:http";
import { TenonError } from "../base/error.ts";
import type { TenonResponse } from "./http-response.ts";

const preflightAgeS = 600;

/**
 * The sites whose pages may call the server from a browser.
 * @source Fetch standard, "CORS protocol"
 */
export class Origins {
  readonly #allowed: ReadonlySet<string>;

  /** @throws cli.usage for what is no origin, such as an address with a path */
  constructor(allowed: readonly string[]) {
    for (const origin of allowed)
      if (!URL.canParse(origin) || new URL(origin).origin !== origin)
        throw new TenonError("cli.usage", `"${origin}" is no origin; it is written like https://app.example.com`);
    this.#allowed = new Set(allowed);
  }

  /** Lets an allowed site's page read the answer. True where the request was the browser's question, and is answered. */
  answer(request: IncomingMessage, response: TenonResponse): boolean {
    const { origin } = request.headers;
    if (origin === undefined || !this.#allowed.has(origin)) return false;
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", "x-request-id, retry-after");
    response.setHeader("vary", "origin");
    if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
    response.writeHead(204, {
      "access-control-allow-methods": "GET, POST, PUT, DELETE",
      "access-control-allow-headers": "authorization, content-type, x-request-id",
      "access-control-max-age": String(preflightAgeS),
    });
    response.end();
    return true;
  }
}
