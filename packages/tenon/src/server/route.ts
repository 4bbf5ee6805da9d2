import type { IncomingMessage } from "node:http";
import type { KeyScope } from "../ports/metadata-store.ts";
import type { Caller } from "../service/govern/api-keys.ts";
import type { Tenon } from "../service/tenon.ts";
import type { TenonResponse } from "./http-response.ts";

/** One request as a route sees it: who calls is known and may. */
export interface Call {
  readonly tenon: Tenon;
  readonly request: IncomingMessage;
  readonly response: TenonResponse;
  readonly caller: Caller;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** With `:name` for parameters. */
  readonly path: string;
  /** The right that it takes; `none` is open to all. */
  readonly scope: KeyScope | "none";
  /** It stays open for as long as its caller listens, and has a bound of its own. */
  readonly isStream?: true;
  /** Published keys reach it, within their terms. */
  readonly isPublic?: true;
  /** The name of the prediction that is asked: where its queue is full the call is refused before it is read. */
  readonly asks?: (call: Call) => string;
  /** What it answers where that is no JSON. */
  readonly mime?: string;
  /** Its own errors are told as Feast's server tells them. */
  readonly isFeast?: true;
  /** One sentence for /openapi.json. */
  readonly summary: string;
  readonly handle: (call: Call) => Promise<void> | void;
}
