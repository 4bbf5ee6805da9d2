import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import findMyWay from "find-my-way";
import { TenonError } from "../base/error.ts";
import { newId } from "../base/id.ts";
import { suggestion } from "../base/nearest.ts";
import { type Caller, requireScope } from "../service/govern/api-keys.ts";
import { CallQuotas } from "../service/govern/call-quotas.ts";
import type { Tenon } from "../service/tenon.ts";
import { admit } from "./admit.ts";
import { bind, bindSocket, close } from "./bound-server.ts";
import { rootAliases } from "./compat/root-aliases.ts";
import { sendSurfaceError } from "./compat/surface-error.ts";
import { sendConsole } from "./console-files.ts";
import { ConsoleSession } from "./console-session.ts";
import { bearerOf } from "./http-request.ts";
import { sendJson, TenonResponse } from "./http-response.ts";
import { endStreams } from "./open-streams.ts";
import { Origins } from "./origins.ts";
import type { Route } from "./route.ts";
import { allRoutes } from "./routes.ts";

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Names beside loopback's that a Host header may carry. */
  readonly allowHosts: readonly string[];
  /** Sites whose pages may call from a browser. */
  readonly allowOrigins: readonly string[];
  /** Its connections come from a proxy, which tells the caller's address in X-Forwarded-For. */
  readonly trustsProxy: boolean;
  /** The tenant that the console acts for. */
  readonly consoleTenant: Caller;
  /** A Unix socket for the command line, open to the owner of the data directory alone. */
  readonly socketPath: string;
  readonly version: string;
  /** Answers the Open Inference Protocol and its like at the root too, where their clients look. */
  readonly oipRoot?: boolean;
}

export type LocalListenOptions = Pick<ListenOptions, "consoleTenant" | "socketPath" | "version">;

export interface Listening {
  readonly url: string;
  /** The console's address with its one-time token. */
  readonly consoleUrl: string;
  close(): Promise<void>;
}

/** Honoured on the socket alone: over TCP the tenant comes from the key. */
const tenantHeader = "x-tenon-tenant";
const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

/** The HTTP server over a running app: routes are thin, and everything that is asked is checked here. */
export async function listen(tenon: Tenon, o: ListenOptions): Promise<Listening> {
  if (!isLoopback(o.host) && tenon.keys.count === 0) {
    throw new TenonError("serve.keyless", `the server would listen on ${o.host} without a single API key`);
  }
  const surface = new Surface(tenon, o);
  const server = createServer(
    {
      keepAliveTimeout: 65_000,
      requestTimeout: 120_000,
      headersTimeout: 20_000,
      maxHeaderSize: 16_384,
      ServerResponse: TenonResponse,
    },
    (request, response) => surface.handle(request, response, undefined),
  );
  server.on("clientError", (_, socket) => {
    if (socket.writable)
      socket.end(
        'HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: application/problem+json\r\n\r\n{"code":"body.unreadable","status":400}',
      );
  });
  await bind(server, () => server.listen(o.port, o.host), o.port);
  const local = await bindSocket(surface.handleLocal.bind(surface), o.socketPath);
  const { port } = server.address() as AddressInfo;
  const url = `http://${o.host.includes(":") ? `[${o.host}]` : o.host === "0.0.0.0" ? "127.0.0.1" : o.host}:${port}`;
  surface.listensOn(url, port);
  return {
    url,
    consoleUrl: surface.consoleAddress(),
    close: async () => {
      surface.drain();
      await Promise.all([close(server), close(local)]);
    },
  };
}

/** The command line's listener alone: for a command that starts the app for itself. */
export async function listenLocally(tenon: Tenon, o: LocalListenOptions): Promise<{ close(): Promise<void> }> {
  const surface = new Surface(tenon, { ...o, host: "", port: 0, allowHosts: [], allowOrigins: [], trustsProxy: false });
  const local = await bindSocket(surface.handleLocal.bind(surface), o.socketPath);
  return {
    close: () => {
      surface.drain();
      return close(local);
    },
  };
}

const isLoopback = (host: string): boolean => host === "127.0.0.1" || host === "::1" || host === "localhost";

class Surface {
  readonly #tenon: Tenon;
  readonly #options: ListenOptions;
  readonly #router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: 300 });
  readonly #session = new ConsoleSession();
  #url: string | undefined;
  #hosts = new Set<string>();
  readonly #origins: Origins;
  readonly #quotas: CallQuotas;
  #draining = false;
  readonly #requestPrefix = `${newId().slice(0, 13)}-`;
  #requests = 0;

  constructor(tenon: Tenon, options: ListenOptions) {
    this.#tenon = tenon;
    this.#options = options;
    this.#origins = new Origins(options.allowOrigins, (origin) => tenon.keys.servesOrigin(origin));
    this.#quotas = new CallQuotas(tenon.machineNowMs);
    const routes = allRoutes(options.version);
    const aliases = options.oipRoot === true ? rootAliases(routes) : [];
    for (const route of [...routes, ...aliases]) this.#router.on(route.method, route.path, () => {}, route);
  }

  listensOn(url: string, port: number): void {
    this.#url = url;
    const names = [...loopbackNames, ...this.#options.allowHosts, this.#options.host];
    this.#hosts = new Set(names.flatMap((name) => [name, `${name}:${port}`]));
  }

  /** @throws cli.not-running where only the socket listens */
  consoleAddress(): string {
    if (this.#url === undefined) throw new TenonError("cli.not-running", "nothing serves the console");
    return `${this.#url}/console/?token=${this.#session.issue()}`;
  }

  drain(): void {
    this.#draining = true;
    endStreams(this.#tenon);
  }

  /** Who reaches the socket owns the data directory: they act for the tenant that they name, with all rights. */
  handleLocal(request: IncomingMessage, response: TenonResponse): void {
    const local: Caller = { ...this.#options.consoleTenant, keyId: "socket" };
    if (request.url === "/console-address") {
      try {
        sendJson(response, 200, { address: this.consoleAddress() });
      } catch (thrown) {
        this.#fail(request, response, thrown);
      }
      return;
    }
    const tenantName = request.headers[tenantHeader];
    if (typeof tenantName !== "string" || tenantName === local.tenantName) {
      this.handle(request, response, local);
      return;
    }
    this.#tenant(tenantName).then(
      (tenant) => this.handle(request, response, { ...local, tenant, tenantName }),
      (thrown: unknown) => this.#fail(request, response, thrown),
    );
  }

  async #tenant(name: string): Promise<number> {
    const tenants = await this.#tenon.metadata.tenants();
    const tenant = tenants.get(name);
    if (tenant !== undefined) return tenant;
    throw new TenonError(
      "tenant.unknown",
      `the app has no tenant "${name.slice(0, 100)}".${suggestion(name, tenants.keys())}`,
    );
  }

  handle(request: IncomingMessage, response: TenonResponse, local: Caller | undefined): void {
    const given = request.headers["x-request-id"];
    response.requestId = typeof given === "string" && /^[\w.-]{1,100}$/.test(given) ? given : this.#nextRequestId();
    try {
      const pending = this.#route(request, response, local);
      if (pending !== undefined) pending.catch((thrown: unknown) => this.#fail(request, response, thrown));
    } catch (thrown) {
      this.#fail(request, response, thrown);
    }
  }

  /** Unique over restarts: the process's own part and a count. */
  #nextRequestId(): string {
    return `${this.#requestPrefix}${(this.#requests++).toString(36)}`;
  }

  #fail(request: IncomingMessage, response: TenonResponse, thrown: unknown): void {
    if (!(thrown instanceof TenonError) || thrown.code === "internal") {
      const error = thrown instanceof Error ? thrown.stack : String(thrown);
      this.#tenon.logger.error(
        { requestId: response.requestId, method: request.method, path: request.url?.split("?")[0], error },
        "a request failed",
      );
    }
    const [path = ""] = (request.url ?? "").split("?");
    if (thrown instanceof TenonError && thrown.code === "method.refused" && !response.headersSent)
      response.setHeader("allow", this.#allowed(path));
    sendSurfaceError(response, path, thrown);
    request.resume();
  }

  #route(request: IncomingMessage, response: TenonResponse, local: Caller | undefined): Promise<void> | undefined {
    if (this.#draining) throw new TenonError("server.draining", "the server is shutting down", { retryAfterMs: 2_000 });
    if (local === undefined) this.#checkHost(request);
    if (this.#origins.answer(request, response)) return undefined;
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? noQuery : new URLSearchParams(url.slice(mark + 1));
    if (path === "/" && this.#options.oipRoot === true && !request.headers.accept?.includes("text/html")) {
      // KServe's client asks here whether the server lives; a browser wants the console.
      sendJson(response, 200, { status: "alive" });
      return undefined;
    }
    if (path === "/" || path === "/console" || path.startsWith("/console/")) {
      this.#console(request, response, path, query);
      return undefined;
    }
    const method = methods.find((candidate) => candidate === request.method);
    const found = method === undefined ? null : this.#router.find(method, path);
    if (found === null) throw this.#notFound(request.method ?? "", path);
    const route: Route = found.store;
    const caller = local ?? (route.scope === "none" ? nobody : this.#authenticate(request));
    if (route.scope !== "none") requireScope(caller, route.scope);
    const call = { tenon: this.#tenon, request, response, caller, parameters: found.params, query };
    // Who owns the data directory is not counted.
    const isCounted = local === undefined && route.scope !== "none";
    const { trustsProxy } = this.#options;
    return (isCounted ? admit(call, route, this.#quotas, trustsProxy) : route.handle(call)) ?? undefined;
  }

  #notFound(method: string, path: string): TenonError {
    const allowed = this.#allowed(path);
    if (allowed.length > 0)
      return new TenonError(
        "method.refused",
        `${path.slice(0, 200)} answers ${allowed.join(", ")}, not ${method.slice(0, 20)}`,
      );
    return new TenonError("route.unknown", `${method} ${path.slice(0, 200)} is not an address of this app`);
  }

  #allowed(path: string): string[] {
    if (path === "/console" || path.startsWith("/console/")) return ["GET", "HEAD"];
    return methods.filter((method) => this.#router.find(method, path) !== null);
  }

  /** A page of another site that resolves to this machine carries that site's name. */
  #checkHost(request: IncomingMessage): void {
    const host = request.headers.host?.toLowerCase() ?? "";
    if (!this.#hosts.has(host))
      throw new TenonError("host.refused", `"${host.slice(0, 100)}" is not a name of this server`);
  }

  #authenticate(request: IncomingMessage): Caller {
    const cookie = this.#session.cookie(request);
    if (cookie === undefined || request.headers.authorization !== undefined)
      return this.#tenon.keys.authenticate(bearerOf(request));
    if (!this.#session.isOpen(cookie))
      throw new TenonError("key.unknown", "the console's session is over; `tenon console` tells a new address");
    if (request.method !== "GET" && request.headers["x-tenon-console"] === undefined) {
      throw new TenonError("key.scope", "a change from the console carries the header X-Tenon-Console");
    }
    return this.#options.consoleTenant;
  }

  #console(request: IncomingMessage, response: TenonResponse, path: string, query: URLSearchParams): void {
    const token = query.get("token");
    const cookie = token === null ? undefined : this.#session.redeem(token);
    if (cookie !== undefined) {
      response.writeHead(303, { location: "/console/", "set-cookie": cookie, "content-length": 0 });
      response.end();
      return;
    }
    if (path === "/") {
      response.writeHead(303, { location: "/console/", "content-length": 0 });
      response.end();
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD")
      throw new TenonError("method.refused", "the console is read with GET");
    sendConsole(response, path);
  }
}

const methods = ["GET", "POST", "PUT", "DELETE"] as const;
const noQuery = new URLSearchParams();
const nobody: Caller = { tenant: 0, tenantName: "", scopes: [], keyId: "" };
