import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { fieldOf, isRecord } from "../base/record.ts";
import type { KeyScope } from "../ports/metadata-store.ts";
import { describeAppFor } from "./describe-app.ts";
import { describeSources } from "./describe-sources.ts";
import { describeStatus } from "./describe-status.ts";
import { parseJson, readBody } from "./http-request.ts";
import { sendJson, sendText } from "./http-response.ts";
import { metricsText } from "./metrics.ts";
import { openApi } from "./open-api.ts";
import { addStream } from "./open-streams.ts";
import { callsOf, publishedTerms } from "./published-terms.ts";
import { isReady, loadingModels } from "./readiness.ts";
import type { Call, Route } from "./route.ts";
import type { SourcesAnswer } from "./wire.ts";

const pointsKept = 300;

export const adminRoutes = (version: string, routes: () => readonly Route[]): readonly Route[] => [
  {
    method: "GET",
    path: "/app",
    scope: "admin",
    summary: "The definitions",
    handle: async ({ tenon, response, caller }) =>
      sendJson(response, 200, await describeAppFor(tenon, caller, version)),
  },
  {
    method: "GET",
    path: "/status",
    scope: "admin",
    summary: "What the overview shows",
    handle: async ({ tenon, response, caller }) =>
      sendJson(response, 200, await describeStatus(tenon, caller, pointsKept)),
  },
  {
    method: "GET",
    path: "/sources",
    scope: "admin",
    summary: "Where events come from beside what is sent, and what came of it",
    handle: ({ tenon, response, caller }) => {
      const answer: SourcesAnswer = { sources: describeSources(tenon, caller) };
      sendJson(response, 200, answer);
    },
  },
  {
    method: "GET",
    path: "/stream",
    scope: "admin",
    summary: "The status once a second, as server-sent events",
    isStream: true,
    handle: stream,
  },
  {
    method: "GET",
    path: "/metrics",
    scope: "admin",
    summary: "Figures for Prometheus",
    mime: "text/plain",
    handle: ({ tenon, response, caller }) =>
      sendText(response, 200, "text/plain; version=0.0.4; charset=utf-8", metricsText(tenon, caller)),
  },
  {
    method: "GET",
    path: "/openapi.json",
    scope: "predict",
    summary: "This description",
    handle: ({ tenon, response }) => sendJson(response, 200, openApi(tenon, version, routes())),
  },
  { method: "GET", path: "/keys", scope: "admin", summary: "The API keys, without their text", handle: listKeys },
  {
    method: "POST",
    path: "/keys",
    scope: "admin",
    summary: "Makes an API key; its text is told this once",
    handle: createKey,
  },
  {
    method: "GET",
    path: "/tenants",
    scope: "admin",
    summary: "The tenants that the caller may see, with their quotas",
    handle: listTenants,
  },
  {
    method: "PUT",
    path: "/tenants/:tenant/quota",
    scope: "admin",
    summary: "Sets how many calls a minute a tenant's keys may make together; the owner of the machine alone",
    handle: setTenantQuota,
  },
  { method: "DELETE", path: "/keys/:id", scope: "admin", summary: "Revokes an API key", handle: revokeKey },
  {
    method: "GET",
    path: "/health/live",
    scope: "none",
    summary: "The process runs",
    handle: ({ response }) => sendJson(response, 200, { live: true }),
  },
  { method: "GET", path: "/health/ready", scope: "none", summary: "Requests are answered", handle: ready },
];

function ready({ tenon, response }: Call): void {
  const { lag } = tenon;
  const modelsLoading = loadingModels(tenon);
  const body = { ready: isReady(tenon), applierLagEvents: lag.events, applierLagMs: lag.ms, modelsLoading };
  sendJson(response, body.ready ? 200 : 503, body);
}

async function stream({ tenon, request, response, caller }: Call): Promise<void> {
  addStream(tenon, response);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const send = async (): Promise<void> => {
    const status = await describeStatus(tenon, caller, 2);
    // A reader that is too slow misses a second rather than filling memory.
    if (!response.writableNeedDrain && !response.writableEnded)
      response.write(`event: status\ndata: ${JSON.stringify(status)}\n\n`);
  };
  const timer = setInterval(() => void send().catch(() => response.destroy()), 1_000);
  for (const end of [request, response]) end.once("close", () => clearInterval(timer));
  await send();
}

function listKeys({ tenon, response, caller }: Call): void {
  const keys = tenon.keys.list().filter((key) => caller.keyId === "socket" || key.tenant === caller.tenantName);
  sendJson(response, 200, {
    keys: keys.map(({ createdAtMs, revokedAtMs, ...key }) => ({
      ...key,
      createdAt: new Date(createdAtMs),
      revokedAt: revokedAtMs === null ? null : new Date(revokedAtMs),
    })),
  });
}

const scopes: readonly KeyScope[] = ["ingest", "predict", "admin"];

async function createKey({ tenon, request, response, caller }: Call): Promise<void> {
  const body = parseJson(await readBody(request));
  const asked = isRecord(body) ? body : {};
  // Only the owner of the machine, by way of the socket, makes keys for other tenants.
  const tenant = caller.keyId === "socket" && typeof asked.tenant === "string" ? asked.tenant : caller.tenantName;
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/.test(tenant))
    throw new TenonError("field.type", `/tenant: "${tenant.slice(0, 60)}" is no tenant's name`);
  const wanted = Array.isArray(asked.scopes)
    ? scopes.filter((scope) => Array.isArray(asked.scopes) && asked.scopes.includes(scope))
    : [];
  if (wanted.length === 0) throw new TenonError("field.type", `/scopes: a list of ${scopes.join(", ")}`);
  const note = typeof asked.note === "string" ? asked.note.slice(0, 200) : "";
  const publishable = asked.publishable === undefined ? undefined : publishedTerms(asked.publishable, tenon);
  if (publishable !== undefined && wanted.some((scope) => scope !== "predict"))
    throw new TenonError("field.type", '/scopes: a published key has the scope "predict" alone');
  const callsPerMinute =
    publishable === undefined && asked.callsPerMinute !== undefined
      ? callsOf(asked.callsPerMinute, limit.keyCallsPerMinuteMax)
      : undefined;
  sendJson(response, 201, await tenon.keys.create({ tenant, scopes: wanted, note, publishable, callsPerMinute }));
}

function listTenants({ tenon, response, caller }: Call): void {
  const tenants = tenon.keys.tenants().filter(({ name }) => caller.keyId === "socket" || name === caller.tenantName);
  sendJson(response, 200, { tenants });
}

/** `{ "callsPerMinute": 6000 }`, or null for none. */
async function setTenantQuota({ tenon, request, response, caller, parameters }: Call): Promise<void> {
  if (caller.keyId !== "socket")
    throw new TenonError("key.scope", "quotas of tenants are set by the owner of the machine: `tenon tenants quota`");
  const asked = fieldOf(parseJson(await readBody(request)), "callsPerMinute");
  const callsPerMinute = asked === null ? null : callsOf(asked, limit.tenantCallsPerMinuteMax);
  const name = parameters.tenant ?? "";
  await tenon.keys.setTenantQuota(name, callsPerMinute);
  sendJson(response, 200, { name, callsPerMinute });
}

async function revokeKey({ tenon, response, caller, parameters }: Call): Promise<void> {
  const id = parameters.id ?? "";
  const known = tenon.keys.list().find((key) => key.id === id);
  const isTheirs = caller.keyId === "socket" || known?.tenant === caller.tenantName;
  if (known === undefined || !isTheirs) throw new TenonError("key.absent", `no key has the id "${id.slice(0, 60)}"`);
  await tenon.keys.revoke(id);
  sendJson(response, 200, { id, revoked: true });
}
