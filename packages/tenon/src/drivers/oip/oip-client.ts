import { messageOf, TenonError } from "../../base/error.ts";
import { HttpCaller, type HttpReply, type HttpServer, jsonOf } from "../../base/http-caller.ts";
import { readTensorBody, writeTensorBody } from "../../base/oip-tensor.ts";
import { fieldOf } from "../../base/record.ts";
import type { ModelColumns, ModelSignature } from "../../ports/model-runtime.ts";
import { columnsOf, tensorsOf } from "./model-tensors.ts";

/** Of the model at the server. */
export interface OipModel {
  readonly name: string;
  readonly version?: string | undefined;
}

/** Asks a model over HTTP connections that stay open. */
export class OipClient {
  readonly #caller: HttpCaller;

  constructor(server: HttpServer) {
    this.#caller = new HttpCaller(server);
  }

  /** JSON of an address such as `/v2/models/tone`; undefined where it answers another status than 200. */
  async read(path: string, signal: AbortSignal): Promise<unknown> {
    const reply = await this.#caller.call({ method: "GET", path }, signal);
    return reply.status === 200 ? jsonOf(reply) : undefined;
  }

  /** Whether the server says that it takes binary tensors. */
  async takesBinary(signal: AbortSignal): Promise<boolean> {
    const told = await this.read("/v2", signal);
    const extensions = fieldOf(told, "extensions");
    return Array.isArray(extensions) && extensions.includes("binary_tensor_data");
  }

  /** Whether the server says at an address that it is ready. */
  async isReady(path: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#caller.call({ method: "GET", path }, signal)).status === 200;
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
    const reply = await this.#caller.call({ method: "POST", path: `${modelPath(model)}/infer`, body, headers }, signal);
    if (reply.status !== 200)
      throw new TenonError("model.failed", `"${model.name}" answered ${reply.status}: ${errorOf(reply)}`);
    return columnsOf(signature, answerOf(reply), rowCount);
  }

  close(): void {
    this.#caller.close();
  }
}

/** The address of a model, before `/infer` or `/ready`. */
export const modelPath = ({ name, version }: OipModel): string =>
  `/v2/models/${encodeURIComponent(name)}${version === undefined ? "" : `/versions/${encodeURIComponent(version)}`}`;

function answerOf({ body, headers }: HttpReply) {
  const length = headers["inference-header-content-length"];
  try {
    return readTensorBody(body, "outputs", length === undefined ? body.length : Number(length)).tensors;
  } catch (thrown) {
    throw new TenonError("model.failed", `the answer cannot be read: ${messageOf(thrown).slice(0, 200)}`);
  }
}

/** The protocol's `{"error": "…"}`, or the beginning of whatever was answered. */
function errorOf(reply: HttpReply): string {
  const error = fieldOf(jsonOf(reply), "error");
  return (typeof error === "string" ? error : reply.body.toString("utf8")).slice(0, 200);
}
