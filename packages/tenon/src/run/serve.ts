import { TenonError } from "../base/error.ts";
import type { Running } from "../run.ts";
import { listenForFeast } from "../server/compat/feast-listener.ts";
import { type Listening, type LocalListenOptions, listen, listenLocally } from "../server/http-server.ts";
import type { Caller } from "../service/govern/api-keys.ts";
import { socketPath } from "./socket-path.ts";
import { packageVersion } from "./version.ts";

export interface ServeOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 4000, or TENON_PORT; 0 takes a free one. */
  readonly port?: number;
  readonly allowHosts?: readonly string[];
  readonly allowOrigins?: readonly string[];
  /** It stands behind a proxy that tells the caller's address in X-Forwarded-For. Default: false. */
  readonly trustsProxy?: boolean;
  /** The tenant of the console and the development key. Default: `default`, or the app's name where tenancy is required. */
  readonly tenant?: string;
  /** A port of loopback where Feast's client is answered without a key; 0 takes a free one. Default: none. */
  readonly feastPort?: number;
  /** Answers tritonclient, kserve and their like at the root too. Default: under their prefixes alone. */
  readonly oipRoot?: boolean;
}

export interface Served extends Listening {
  readonly tenant: string;
  readonly feastUrl?: string;
}

/** Listens for requests, and on the socket for the command line. */
export async function serve(running: Running, o: ServeOptions = {}): Promise<Served> {
  const port = o.port ?? Number(process.env.TENON_PORT ?? 4_000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TenonError("cli.usage", `"${port}" is no port`);
  const local = await localOptions(running, o.tenant);
  const listening = await listen(running.tenon, {
    ...local,
    host: o.host ?? "127.0.0.1",
    port,
    allowHosts: o.allowHosts ?? [],
    allowOrigins: o.allowOrigins ?? [],
    trustsProxy: o.trustsProxy ?? false,
    oipRoot: o.oipRoot ?? false,
  });
  const tenant = local.consoleTenant.tenantName;
  if (o.feastPort === undefined) return { ...listening, tenant };
  const caller: Caller = { ...local.consoleTenant, keyId: "feast" };
  const feast = await listenForFeast(running.tenon, { port: o.feastPort, caller }).catch(async (thrown: unknown) => {
    await listening.close();
    throw thrown;
  });
  const close = async (): Promise<void> => {
    await Promise.all([listening.close(), feast.close()]);
  };
  return { ...listening, tenant, feastUrl: feast.url, close };
}

/** Listens on the socket alone: a command that finds nothing running is its own server. */
export async function serveLocally(running: Running): Promise<{ close(): Promise<void> }> {
  return listenLocally(running.tenon, await localOptions(running, undefined));
}

async function localOptions({ tenon, dataDir }: Running, named: string | undefined): Promise<LocalListenOptions> {
  const { app } = tenon.build.app.plan;
  const tenantName = named ?? (app.tenancy === "required" ? app.name : "default");
  const consoleTenant: Caller = {
    tenant: await tenon.metadata.tenant(tenantName),
    tenantName,
    scopes: ["admin"],
    keyId: "console",
  };
  return { consoleTenant, socketPath: socketPath(dataDir), version: packageVersion };
}
