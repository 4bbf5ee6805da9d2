// A small server of the Open Inference Protocol that answers as a test says.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readTensorBody, type Tensor, writeTensorBody } from "../../src/base/oip-tensor.ts";

export interface OipServer extends AsyncDisposable {
  readonly url: string;
  /** Requests for `/infer` that came. */
  readonly calls: readonly IncomingMessage[];
}

export interface Behaviour {
  readonly isBinary?: boolean;
  readonly metadata?: object;
  /** What a call is answered; a response that is ended is one, too. */
  readonly infer: (
    tensors: readonly Tensor[],
    response: ServerResponse,
  ) => readonly Tensor[] | Promise<readonly Tensor[]> | undefined;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function startOipServer(
  { isBinary = true, metadata = {}, infer }: Behaviour,
  port = 0,
): Promise<OipServer> {
  const calls: IncomingMessage[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "";
    if (path === "/v2") response.end(JSON.stringify({ extensions: isBinary ? ["binary_tensor_data"] : [] }));
    else if (path.endsWith("/ready")) response.end("{}");
    else if (!path.endsWith("/infer")) response.end(JSON.stringify(metadata));
    else {
      calls.push(request);
      const body = await bodyOf(request);
      const told = request.headers["inference-header-content-length"];
      const { tensors } = readTensorBody(body, "inputs", told === undefined ? body.length : Number(told));
      const outputs = await infer(tensors, response);
      if (outputs === undefined || response.writableEnded) return;
      const written = writeTensorBody(
        {},
        "outputs",
        outputs.map((one) => ({ ...one, isBinary: told !== undefined })),
      );
      if (written.headerBytes !== undefined) response.setHeader("Inference-Header-Content-Length", written.headerBytes);
      response.end(written.body);
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((thrown: Error) =>
      response.writeHead(500).end(JSON.stringify({ error: thrown.message })),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
