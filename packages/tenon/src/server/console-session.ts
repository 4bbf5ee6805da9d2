import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { newToken } from "../base/id.ts";
import { cookieOf } from "./http-request.ts";

const cookieName = "tenon_console";

/** The console's way in: a token that an address carries once becomes a cookie for as long as the process runs. */
export class ConsoleSession {
  readonly #session = newToken();
  #token = newToken();

  /** The token of the next address; an earlier one that nobody used is over. */
  issue(): string {
    this.#token = newToken();
    return this.#token;
  }

  /** The header that sets the cookie, or undefined where the token is not the one that was issued last. */
  redeem(token: string): string | undefined {
    if (this.#token === "" || !equal(token, this.#token)) return undefined;
    this.#token = "";
    return `${cookieName}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`;
  }

  cookie(request: IncomingMessage): string | undefined {
    return cookieOf(request, cookieName);
  }

  isOpen(cookie: string): boolean {
    return equal(cookie, this.#session);
  }
}

function equal(text: string, secret: string): boolean {
  const [a, b] = [Buffer.from(text), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
