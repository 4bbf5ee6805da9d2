// A server with OpenAI's wire, as far as the tests ask it: what it answers is told by what it is sent.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenCall {
  readonly path: string;
  readonly authorization: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any;
}

export interface OpenAiServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: SeenCall[];
}

const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

export async function startOpenAi(): Promise<OpenAiServer> {
  const seen: SeenCall[] = [];
  const tries = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request));
    seen.push({ path: request.url ?? "", authorization: request.headers.authorization, body });
    const send = (status: number, told: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(told));
    };
    if (request.url === "/v1/embeddings") return send(200, embeddings(body));
    if (request.url === "/classify")
      return send(200, { result: { tone: body.text.length > 5 ? "good" : "bad" }, used: [7, 3] });
    const text: string = body.messages[1].content;
    tries.set(text, (tries.get(text) ?? 0) + 1);
    if (text.includes("busy") && tries.get(text) === 1)
      return send(429, { error: { message: "Rate limit reached" } }, { "retry-after": "0.05" });
    if (text.includes("patience"))
      return send(429, { error: { message: "Rate limit reached" } }, { "retry-after": "60" });
    if (text.includes("broken")) return send(500, { error: { message: "The server had an error" } });
    if (text.includes("unknown key"))
      return send(401, {
        error: { message: `Incorrect API key provided: ${request.headers.authorization?.slice(7)}` },
      });
    if (text.includes("slow")) await new Promise((resolve) => setTimeout(resolve, 2_000));
    answerChat(response, text, send);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answerChat(response: ServerResponse, text: string, send: (status: number, told: unknown) => void): void {
  const choice = (message: object, finish_reason = "stop"): object => ({
    ...{ id: "chatcmpl-1", object: "chat.completion", model: "small", usage },
    choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason }],
  });
  if (text.includes("torn")) response.writeHead(200, { "content-length": "1000" }).end('{"choices"').destroy();
  else if (text.includes("refuse")) send(200, choice({ content: null, refusal: "I'm sorry, I can't help with that." }));
  else if (text.includes("cut")) send(200, choice({ content: '{"tone":"go' }, "length"));
  else if (text.includes("wrong")) send(200, choice({ content: '{"tone":"splendid","score":0.5}' }));
  else send(200, choice({ content: JSON.stringify({ tone: text.includes("!") ? "good" : "bad", score: 0.75 }) }));
}

const embeddings = ({ input, dimensions }: { input: string[]; dimensions: number }): object => ({
  object: "list",
  // Out of order, as the protocol lets them be.
  data: input
    .map((text, index) => ({ index, embedding: Array.from({ length: dimensions }, (_, i) => text.length + i / 10) }))
    .reverse(),
  usage: { prompt_tokens: 5 * input.length, total_tokens: 5 * input.length },
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
