// A model that does what its input says: it answers on the socket of TENON_SOCKET, and may crash, hang or grow.
import { createServer } from "node:http";

const held = [];
process.stdin.on("end", () => process.exit(0)).resume();
console.log(`started ${process.pid}`);
if (process.env.VICTIM_REFUSES === "1") {
  console.error("no weights here");
  process.exit(3);
}

const server = createServer(async (request, response) => {
  if (!request.url.endsWith("/infer")) return response.end('{"extensions":["binary_tensor_data"]}');
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const size = Number(request.headers["inference-header-content-length"] ?? body.length);
  const { inputs } = JSON.parse(body.subarray(0, size).toString());
  // One input of texts, binary: u32 length, bytes.
  const words = [];
  for (let at = size; at < body.length; ) {
    const length = body.readUInt32LE(at);
    words.push(body.subarray(at + 4, at + 4 + length).toString());
    at += 4 + length;
  }
  if (words.includes("refuse")) return response.writeHead(400).end('{"error":"no such word"}');
  if (words.includes("crash")) process.exit(7);
  if (words.includes("hang")) for (;;);
  if (words.includes("grow")) held.push(Buffer.alloc(300 * 1024 * 1024, 1));
  const wait = words.find((word) => word.startsWith("wait "));
  if (wait !== undefined) await new Promise((resolve) => setTimeout(resolve, Number(wait.slice(5))));
  const shape = inputs[0].shape;
  const told = [
    { name: "echo", shape, datatype: "BYTES", data: words },
    { name: "pid", shape, datatype: "INT64", data: words.map(() => process.pid) },
    { name: "together", shape, datatype: "INT64", data: words.map(() => words.length) },
  ];
  response.end(JSON.stringify({ outputs: told }));
});
server.listen(process.env.TENON_SOCKET);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
