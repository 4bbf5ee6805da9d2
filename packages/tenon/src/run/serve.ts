import { TenonError } from "../base/error.ts";
import { type Running } from "../run.ts";
import { type Listening, listen } from "../server/http-server.ts";
import type { Caller } from "../service/govern/api-keys.ts";
import { socketPath } from "./socket-path.ts";
import { packageVersion } from "./version.ts";

export interface ServeOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 4000, or TENON_PORT; 0 takes a free one. */
  readonly port?: number;
  readonly allowHosts?: readonly string[];
  /** The tenant of the console and the development key. Default: `default`, or the app's name where tenancy is required. */
  readonly tenant?: string;
}

/** A key for a developer on this machine; made at the first start and kept in the data directory, mode 0600. */
export async function serve(running: Running, o: ServeOptions = {}): Promise<Listening & { readonly tenant: string }> {
  const { tenon, dataDir } = running;
  const { app } = tenon.build.app.plan;
  const tenant = o.tenant ?? (app.tenancy === "required" ? app.name : "default");
  const consoleTenant: Caller = { tenant: await tenon.metadata.tenant(tenant), tenantName: tenant, scopes: ["admin"], keyId: "console" };
  const port = o.port ?? Number(process.env.TENON_PORT ?? 4_000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TenonError("cli.usage", `"${port}" is no port`);
  const listening = await listen(tenon, {
    host: o.host ?? "127.0.0.1",
    port,
    allowHosts: o.allowHosts ?? [],
    consoleTenant,
    socketPath: socketPath(dataDir),
    version: packageVersion,
  });
  return { ...listening, tenant };
}
