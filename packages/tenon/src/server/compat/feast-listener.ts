import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { TenonError } from "../../base/error.ts";
import { newId } from "../../base/id.ts";
import type { Caller } from "../../service/govern/api-keys.ts";
import type { Tenon } from "../../service/tenon.ts";
import { bind, close } from "../bound-server.ts";
import { sendProblem, TenonResponse } from "../http-response.ts";
import { feastRoutes } from "./feast-routes.ts";

/**
 * Feast's routes alone, for its unmodified client, which sends no key: on loopback, for one tenant. A page in a browser
 * is refused: it would act for whoever opened it.
 * @throws port.taken
 */
export async function listenForFeast(
  tenon: Tenon,
  o: { readonly port: number; readonly caller: Caller },
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer({ ServerResponse: TenonResponse, requestTimeout: 120_000 }, (request, response) => {
    response.requestId = newId();
    Promise.resolve()
      .then(() => handle(tenon, o.caller, request, response))
      .catch((thrown: unknown) => sendProblem(response, thrown));
  });
  await bind(server, () => server.listen(o.port, "127.0.0.1"), o.port);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

function handle(tenon: Tenon, caller: Caller, request: IncomingMessage, response: TenonResponse): Promise<void> | void {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  if (request.headers.origin !== undefined || !["127.0.0.1", "localhost", "[::1]"].includes(host))
    throw new TenonError("host.refused", "this address is for Feast's client on this machine");
  const [path = "/"] = (request.url ?? "/").split("?");
  const route = feastRoutes.find((candidate) => candidate.path === path && candidate.method === request.method);
  if (route === undefined)
    throw new TenonError(
      "route.unknown",
      `${request.method} ${path.slice(0, 200)} is not an address of Feast's server`,
    );
  const query = new URLSearchParams();
  return route.handle({ tenon, request, response, caller, parameters: {}, query });
}
