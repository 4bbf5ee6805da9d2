import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps, Agent as SecureAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { messageOf, TenonError } from "./error.ts";
import { parseExactJson } from "./exact-json.ts";
import { limit } from "./limit.ts";

/** Where a model's server is. */
export interface HttpServer {
  /** With the path before those of calls. */
  readonly url: URL;
  /** A Unix socket in place of the address. */
  readonly socketPath?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly lookup?: LookupFunction;
  /** Connections that are kept open at most. */
  readonly connectionsMax: number;
}

/** A call that never reached the server: nothing was done there. */
export class UnsentError extends TenonError {}

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface HttpCall {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string | number>>;
}

const unsentCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** Calls the server of a model over connections that stay open; follows no redirect. */
export class HttpCaller {
  readonly #server: HttpServer;
  readonly #agent: Agent | SecureAgent;

  constructor(server: HttpServer) {
    this.#server = server;
    const o = { keepAlive: true, maxSockets: server.connectionsMax, maxFreeSockets: server.connectionsMax };
    this.#agent = server.url.protocol === "https:" ? new SecureAgent(o) : new Agent(o);
  }

  /**
   * What the server answers, whatever its status.
   * @throws model.failed, model.late when the signal aborts, UnsentError
   */
  call({ method, path, body, headers }: HttpCall, signal: AbortSignal): Promise<HttpReply> {
    const { url, socketPath, lookup } = this.#server;
    const options = {
      method,
      path: `${url.pathname.replace(/\/$/, "")}${path}`,
      headers: {
        ...this.#server.headers,
        ...headers,
        host: url.host,
        ...(body === undefined ? {} : { "content-length": body.length }),
      },
      agent: this.#agent,
      signal,
      ...(socketPath === undefined ? { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port } : { socketPath }),
      ...(lookup === undefined ? {} : { lookup }),
    };
    return new Promise((resolve, reject) => {
      const request: ClientRequest = url.protocol === "https:" ? requestHttps(options) : requestHttp(options);
      request.on("error", (error) => reject(told(error, request, signal)));
      request.on("response", (response) => {
        collect(response).then(
          (bytes) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes }),
          (error: unknown) => reject(told(error, request, signal)),
        );
      });
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** JSON that a server answered; undefined where it is none. */
export function jsonOf({ body }: HttpReply): unknown {
  try {
    return parseExactJson(body);
  } catch {
    return undefined;
  }
}

async function collect(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response) {
    sizeBytes += chunk.length;
    if (sizeBytes > limit.modelAnswerBytesMax)
      throw new TenonError("model.failed", `the answer has more than ${limit.modelAnswerBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What went wrong, as an error of the table. */
function told(error: unknown, request: ClientRequest, signal: AbortSignal): TenonError {
  if (error instanceof TenonError) return error;
  if (signal.aborted) return new TenonError("model.late", "the model did not answer in time");
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // A connection that was kept open may have been closed there just before it was used again.
  const wasClosed = request.reusedSocket && (code === "ECONNRESET" || code === "EPIPE");
  const message = `the model's server cannot be reached: ${messageOf(error).slice(0, 200)}`;
  return unsentCodes.has(code) || wasClosed
    ? new UnsentError("model.failed", message)
    : new TenonError("model.failed", message);
}
