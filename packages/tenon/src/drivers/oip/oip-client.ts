import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps, Agent as SecureAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { messageOf, TenonError } from "../../base/error.ts";
import { parseExactJson } from "../../base/exact-json.ts";
import { limit } from "../../base/limit.ts";
import { readTensorBody, writeTensorBody } from "../../base/oip-tensor.ts";
import { fieldOf } from "../../base/record.ts";
import type { ModelColumns, ModelSignature } from "../../ports/model-runtime.ts";
import { columnsOf, tensorsOf } from "./model-tensors.ts";

/** Where a server is that speaks the Open Inference Protocol, version 2. */
export interface OipServer {
  /** With the path before `/v2`. */
  readonly url: URL;
  /** A Unix socket in place of the address. */
  readonly socketPath?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly lookup?: LookupFunction;
  /** Connections that are kept open at most. */
  readonly connectionsMax: number;
}

/** Of the model at the server. */
export interface OipModel {
  readonly name: string;
  readonly version?: string | undefined;
}

/** A call that never reached the server: nothing was done there. */
export class UnsentError extends TenonError {}

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

interface Sent {
  readonly method: "GET" | "POST";
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

/** Asks a model over HTTP connections that stay open. */
export class OipClient {
  readonly #server: OipServer;
  readonly #agent: Agent | SecureAgent;

  constructor(server: OipServer) {
    this.#server = server;
    const o = { keepAlive: true, maxSockets: server.connectionsMax, maxFreeSockets: server.connectionsMax };
    this.#agent = server.url.protocol === "https:" ? new SecureAgent(o) : new Agent(o);
  }

  /** JSON of an address such as `/v2/models/tone`; undefined where it answers another status than 200. */
  async read(path: string, signal: AbortSignal): Promise<unknown> {
    const { status, body } = await this.#send({ method: "GET", path }, signal);
    return status === 200 ? parsed(body) : undefined;
  }

  /** Whether the server says that it takes binary tensors. */
  async takesBinary(signal: AbortSignal): Promise<boolean> {
    const told = await this.read("/v2", signal);
    const extensions = fieldOf(told, "extensions");
    return Array.isArray(extensions) && extensions.includes("binary_tensor_data");
  }

  /** Whether the server says at an address that it is ready. */
  async isReady(path: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#send({ method: "GET", path }, signal)).status === 200;
  }

  /**
   * The model's answer for rows; as binary tensors where the server takes them.
   * @throws model.failed, model.late, UnsentError
   */
  async infer(
    model: OipModel,
    signature: ModelSignature,
    rows: { readonly input: ModelColumns; readonly rowCount: number; readonly isBinary: boolean },
    signal: AbortSignal,
  ): Promise<ModelColumns> {
    const { input, rowCount, isBinary } = rows;
    const tensors = tensorsOf(signature, input, rowCount);
    // Binary texts cannot say that there is none.
    const outputs = signature.output.map(({ name, nullable }) => ({
      name,
      parameters: { binary_data: isBinary && !nullable },
    }));
    const sent = tensors.map((tensor) => ({ ...tensor, isBinary: isBinary && tensor.isBinary }));
    const { body, headerBytes } = writeTensorBody(isBinary ? { outputs } : {}, "inputs", sent);
    const headers =
      headerBytes === undefined
        ? { "content-type": "application/json" }
        : { "content-type": "application/octet-stream", "Inference-Header-Content-Length": headerBytes };
    const reply = await this.#send({ method: "POST", path: `${modelPath(model)}/infer`, body, headers }, signal);
    if (reply.status !== 200)
      throw new TenonError("model.failed", `"${model.name}" answered ${reply.status}: ${errorOf(reply.body)}`);
    return columnsOf(signature, answerOf(reply), rowCount);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send({ method, path, body, headers }: Sent, signal: AbortSignal): Promise<Reply> {
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
}

/** The address of a model, before `/infer` or `/ready`. */
export const modelPath = ({ name, version }: OipModel): string =>
  `/v2/models/${encodeURIComponent(name)}${version === undefined ? "" : `/versions/${encodeURIComponent(version)}`}`;

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

function answerOf({ body, headers }: Reply) {
  const length = headers["inference-header-content-length"];
  try {
    return readTensorBody(body, "outputs", length === undefined ? body.length : Number(length)).tensors;
  } catch (thrown) {
    throw new TenonError("model.failed", `the answer cannot be read: ${messageOf(thrown).slice(0, 200)}`);
  }
}

function parsed(body: Buffer): unknown {
  try {
    return parseExactJson(body);
  } catch {
    return undefined;
  }
}

/** The protocol's `{"error": "…"}`, or the beginning of whatever was answered. */
function errorOf(body: Buffer): string {
  const error = fieldOf(parsed(body), "error");
  return (typeof error === "string" ? error : body.toString("utf8")).slice(0, 200);
}
