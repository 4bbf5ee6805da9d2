import { request } from "node:http";
import { connect } from "node:net";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isErrorCode, TenonError } from "../base/error.ts";
import type { Problem } from "../server/wire.ts";

/** Calls of the app that listens on a socket: its caller owns the data directory and has all rights. */
export interface AppSocket {
  get<T>(path: string): Promise<T>;
  /** @throws the problem that the app answered */
  post<T>(path: string, body?: unknown): Promise<T>;
  /** Sends lines of JSON as they come. */
  put<T>(path: string, body: unknown): Promise<T>;
  postLines<T>(path: string, lines: Readable): Promise<T>;
  putLines<T>(path: string, lines: Readable): Promise<T>;
  /** Sends NDJSON and takes NDJSON: the lines of the answer. Calls that somebody waits for go before it. */
  exchangeLines<T>(path: string, lines: string): Promise<readonly T[]>;
  delete<T>(path: string, body?: unknown): Promise<T>;
}

/** Whether a process answers there; what a killed one left behind does not. */
export function isListening(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

export function appSocket(socketPath: string, tenant: string | undefined): AppSocket {
  const call = <T>(
    method: string,
    path: string,
    body?: string | Readable,
    contentType = "application/json",
    read: (text: string) => T = readJson<T>,
    priority?: "low",
  ): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const headers = {
        "content-type": contentType,
        // Node tells the length of some methods' bodies by itself, and not that of DELETE.
        ...(typeof body === "string" ? { "content-length": Buffer.byteLength(body) } : {}),
        ...(tenant === undefined ? {} : { "x-tenon-tenant": encodeHeader(tenant) }),
        ...(priority === undefined ? {} : { "tenon-priority": priority }),
      };
      // A connection a call: none is left open for the app to wait for when it stops.
      const sent = request({ socketPath, method, path, headers, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("error", reject);
        response.on("end", () => {
          try {
            const status = response.statusCode ?? 500;
            if (status >= 400) throw problemOf(text, response.headers["retry-after"]);
            resolve(read(text));
          } catch (thrown) {
            reject(thrown);
          }
        });
      });
      sent.on("error", (error) =>
        reject(new TenonError("cli.not-running", `the app ended the connection: ${error.message}`, { cause: error })),
      );
      if (body === undefined || typeof body === "string") sent.end(body);
      else pipeline(body, sent).catch(reject);
    });
  return {
    get: (path) => call("GET", path),
    post: (path, body) => call("POST", path, body === undefined ? undefined : JSON.stringify(body)),
    postLines: (path, lines) => call("POST", path, lines, "application/x-ndjson"),
    put: (path, body) => call("PUT", path, JSON.stringify(body)),
    putLines: (path, lines) => call("PUT", path, lines, "application/x-ndjson"),
    exchangeLines: <T>(path: string, lines: string) =>
      call<readonly T[]>("POST", path, lines, "application/x-ndjson", readLines<T>, "low"),
    delete: (path, body) => call("DELETE", path, body === undefined ? undefined : JSON.stringify(body)),
  };
}

/** @throws cli.usage for what no header can carry */
function encodeHeader(tenant: string): string {
  if (/^[\x21-\x7e]{1,100}$/.test(tenant)) return tenant;
  throw new TenonError("cli.usage", `--tenant "${tenant.slice(0, 60)}" is no tenant's name`);
}

const readJson = <T>(text: string): T => JSON.parse(text === "" ? "null" : text);

const readLines = <T>(text: string): readonly T[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

/** A problem as it was answered. */
export function problemError(problem: Problem, retryAfterMs?: number): TenonError {
  const places = (problem.errors ?? []).map(({ code, ...place }) => ({
    ...place,
    code: isErrorCode(code) ? code : ("internal" as const),
  }));
  const code = isErrorCode(problem.code) ? problem.code : "internal";
  return new TenonError(code, problem.detail, { places, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

function problemOf(text: string, retryAfter: string | undefined): TenonError {
  const seconds = Number(retryAfter);
  return problemError(JSON.parse(text), retryAfter !== undefined && seconds >= 0 ? seconds * 1_000 : undefined);
}
