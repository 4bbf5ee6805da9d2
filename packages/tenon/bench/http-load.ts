import type { ChildProcess } from "node:child_process";
import type { BodyKind } from "./bodies.ts";
import { outputOf, startPinned } from "./pinned.ts";

/** Open connections of the client. */
const connections = 8;

export interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  readonly key: string;
}

/** Starts a server on the first core; it tells its port. */
export function startServer(script: string, ...args: string[]): Promise<Server> {
  const child = startPinned(0, script, args);
  return new Promise((resolve, reject) => {
    child.once("message", (told: { port: number; key: string }) => resolve({ child, ...told }));
    child.once("exit", () => reject(new Error("the bench's server ended")));
  });
}

const cpuUs = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.child.once("message", (told: { cpu: NodeJS.CpuUsage }) => resolve(told.cpu.user + told.cpu.system));
    server.child.send("cpu");
  });

/** CPU of the whole process, its workers included, per request, and the latency of its answers. */
export async function measure(
  server: Server,
  o: { readonly path: string; readonly body: BodyKind; readonly requests: number },
): Promise<{ readonly us: number; readonly p50: number; readonly p99: number }> {
  const before = await cpuUs(server);
  const args = [server.port, o.path, o.requests, connections, server.key || "none", o.body].map(String);
  const { p50, p99 }: { p50: number; p99: number } = JSON.parse(await outputOf(startPinned(1, "load-client.ts", args)));
  // The batch that is being logged belongs to these requests.
  await new Promise((resolve) => setTimeout(resolve, 200));
  return { us: ((await cpuUs(server)) - before) / o.requests, p50, p99 };
}
