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

/** Answers what was thrown as a problem; the body of what nobody expected tells nothing but the request's id. */
export function sendProblem(response: TenonResponse, thrown: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const error =
    thrown instanceof TenonError ? thrown : new TenonError("internal", "an unexpected error; the server's log has it");
  const { status, title, remedy, retry } = errorTable[error.code];
  const problem: Problem = {
    type: `https://tenon.dev/errors/${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    remedy,
    requestId: response.requestId,
    ...(error.places.length > 0 ? { errors: error.places } : {}),
  };
  const text = JSON.stringify(problem);
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
