import { chmodSync, unlinkSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { TenonResponse } from "./http-response.ts";

export type HttpServer = Server<typeof IncomingMessage, typeof TenonResponse>;

/** Listens; a port that another program has is told as such. @throws port.taken */
export function bind(server: HttpServer, start: () => void, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE" ? new TenonError("port.taken", `port ${port} is in use by another program`) : error,
      );
    });
    server.once("listening", resolve);
    start();
  });
}

/** Listens on a Unix socket that the owner of its folder alone may open. */
export async function bindSocket(
  handle: RequestListener<typeof IncomingMessage, typeof TenonResponse>,
  socketPath: string,
): Promise<HttpServer> {
  const server = createServer({ ServerResponse: TenonResponse }, handle);
  try {
    unlinkSync(socketPath);
  } catch {
    // None was left.
  }
  await bind(server, () => server.listen(socketPath), 0);
  chmodSync(socketPath, 0o600);
  return server;
}

const idleLookMs = 50;

/** Waits for open requests, bounded. */
export function close(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), limit.drainMsMax);
    // A connection that is kept alive is idle only once its answer is sent.
    const idle = setInterval(() => server.closeIdleConnections(), idleLookMs);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(idle);
      resolve();
    });
    server.closeIdleConnections();
  });
}
