import { ServerResponse } from "node:http";
import { errorTable, TenonError } from "../base/error.ts";
import type { Problem } from "./wire.ts";

const requestIdHeader = "x-request-id";

/** A response that knows its request's id. */
export class TenonResponse extends ServerResponse {
  requestId = "";
}

/** Answers JSON. */
export function sendJson(response: TenonResponse, status: number, value: unknown): void {
  sendText(response, status, "application/json", JSON.stringify(value));
}

export function sendText(response: TenonResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, [
    "content-type",
    contentType,
    "content-length",
    String(Buffer.byteLength(text)),
    requestIdHeader,
    response.requestId,
    "cache-control",
    "no-store",
  ]);
  response.end(text);
}

const toldError = (thrown: unknown): TenonError =>
  thrown instanceof TenonError ? thrown : new TenonError("internal", "an unexpected error; the server's log has it");

/** What was thrown, as it is told. */
export function problemOf(thrown: unknown, { requestId }: TenonResponse): Problem {
  const { code, message, places } = toldError(thrown);
  const { status, title, remedy } = errorTable[code];
  return {
    type: `https://tenon.dev/errors/${code}`,
    title,
    status,
    code,
    detail: message,
    remedy,
    requestId,
    ...(places.length > 0 ? { errors: places } : {}),
  };
}

/** Answers what was thrown as a problem; the body of what nobody expected tells nothing but the request's id. */
export function sendProblem(response: TenonResponse, thrown: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const error = toldError(thrown);
  const { status, retry } = errorTable[error.code];
  const text = JSON.stringify(problemOf(error, response));
  const retryAfterS = Math.ceil((error.retryAfterMs ?? 1_000) / 1_000);
  response.writeHead(status, {
    "content-type": "application/problem+json",
    "content-length": Buffer.byteLength(text),
    [requestIdHeader]: response.requestId,
    ...(retry === "later" && (status === 429 || status === 503) ? { "retry-after": String(retryAfterS) } : {}),
    ...(status === 413 || status === 400 ? { connection: "close" } : {}),
  });
  response.end(text);
}
