import { connect, type Socket } from "node:net";

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
}

/** A closed loop of keep-alive connections over plain sockets: the client costs little, so the server is what is measured. */
export async function load(o: { readonly port: number; readonly connections: number; readonly requests: number; readonly make: (i: number) => string }): Promise<LoadResult> {
  const latencies = new Float64Array(o.requests);
  let sent = 0;
  let done = 0;
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: o.connections }, () => {
      return new Promise<void>((resolve, reject) => {
        const socket: Socket = connect({ port: o.port, host: "127.0.0.1", noDelay: true });
        let begunMs = 0;
        let received = "";
        const next = (): void => {
          if (sent >= o.requests) {
            socket.end();
            resolve();
            return;
          }
          begunMs = performance.now();
          socket.write(o.make(sent++), "latin1");
        };
        socket.setEncoding("latin1");
        socket.on("connect", next);
        socket.on("error", reject);
        socket.on("data", (chunk: string) => {
          received += chunk;
          const head = received.indexOf("\r\n\r\n");
          if (head < 0) return;
          const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
          if (received.length < head + 4 + length) return;
          if (!received.startsWith("HTTP/1.1 20")) {
            reject(new Error(received.slice(0, 500)));
            return;
          }
          latencies[done++] = performance.now() - begunMs;
          received = "";
          next();
        });
      });
    }),
  );
  const sorted = latencies.slice(0, done).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { requests: done, seconds: (performance.now() - startedMs) / 1_000, latencyMsP50: at(0.5), latencyMsP99: at(0.99) };
}

/** The text of a POST with a JSON body. */
export const post = (path: string, body: string, headers = ""): string =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
