import { fingerprint } from "../base/hash.ts";
import type { AppDefinition } from "../define/app.ts";
import type { EventDefinition } from "../define/event.ts";
import type { PostgresQueryDefinition, SourceDefinition, WebhookDefinition } from "../define/source.ts";
import { isPlainObject } from "./check-name.ts";
import { checkOptions } from "./check-options.ts";
import type { SourceOf } from "./compiling.ts";
import { describe } from "./describe.ts";
import { finiteMsOf } from "./duration.ts";
import type { Mistakes } from "./mistakes.ts";
import type { SourcePlan } from "./source-plan.ts";

interface SourceContext {
  /** Of a table: its key, by which rows with one cursor are told apart. */
  readonly key: string | undefined;
  readonly path: string;
  readonly tenancy: AppDefinition["tenancy"];
  readonly sourceOf: SourceOf;
  readonly mistakes: Mistakes;
}

const variablePattern = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

export const isPostgresQuery = (source: SourceDefinition): source is PostgresQueryDefinition =>
  source.of === "postgresQuery";
export const isWebhook = (source: SourceDefinition | undefined): source is WebhookDefinition =>
  source?.of === "stripeWebhook" || source?.of === "segmentWebhook";

/** The source of an event as a plan; mistakes are told where it is none. */
export function compileSource(event: EventDefinition, o: Omit<SourceContext, "path" | "key">): SourcePlan | undefined {
  const { from } = event.options;
  if (from === undefined) return undefined;
  const context = { ...o, path: `${event.isTable ? "table" : "event"} ${event.name}.from`, key: keyOf(event) };
  const before = o.mistakes.places.length;
  let plan: SourcePlan | undefined;
  if (!isPlainObject(from) || from.kind !== "source") {
    const what = `needs a source, such as postgresQuery({ … }); found ${describe(from)}`;
    o.mistakes.add("define.reference", context.path, what);
  } else if (isPostgresQuery(from)) plan = compileQuery(from, context);
  else if (event.isTable)
    o.mistakes.add("define.reference", context.path, `a table's rows come from postgresQuery({ … }); found ${from.of}`);
  else if (isWebhook(from)) plan = compileWebhook(from, context);
  return o.mistakes.places.length === before ? plan : undefined;
}

const keyOf = ({ isTable, columns }: EventDefinition): string | undefined =>
  isTable ? Object.keys(columns).find((name) => columns[name]?.spec?.type === "ref") : undefined;

function compileQuery(from: PostgresQueryDefinition, context: SourceContext): SourcePlan {
  const { path, mistakes, key } = context;
  const { options } = from;
  checkOptions("postgresQuery", from.written, path, mistakes);
  // It becomes part of a larger statement.
  const sql = isText(options.sql) ? options.sql.trim().replace(/;$/, "").trim() : "";
  if (!/^(select|with|values|table)\b/i.test(sql))
    mistakes.add("define.reference", `${path}.sql`, `needs one select; found ${describe(options.sql)}`);
  for (const option of ["cursor", "id", "at", "tenant"] as const) {
    if (isText(options[option]) || (options[option] === undefined && option !== "cursor")) continue;
    const message = `needs the name of a column of the query; found ${describe(options[option])}`;
    mistakes.add("define.reference", `${path}.${option}`, message);
  }
  checkTenant(options.tenant, "the column of the tenant's name", context);
  const { overlap } = options;
  if (typeof overlap === "number" && !(Number.isSafeInteger(overlap) && overlap >= 0))
    mistakes.add("config.invalid", `${path}.overlap`, `a count is a whole number from 0; found ${overlap}`);
  return {
    kind: "postgresQuery",
    url: secretName(options.url, `${path}.url`, mistakes),
    sql,
    cursor: options.cursor,
    id: options.id ?? key ?? "id",
    at: options.at ?? options.cursor,
    ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
    everyMs: finiteMsOf(options.every ?? "10s", `${path}.every`, mistakes) ?? 0,
    ...(typeof overlap === "number" ? { overlapCount: overlap } : {}),
    ...(overlap === undefined || typeof overlap === "number"
      ? {}
      : { overlapMs: finiteMsOf(overlap, `${path}.overlap`, mistakes) ?? 0 }),
    complete: options.complete === true,
  };
}

function compileWebhook(from: WebhookDefinition, context: SourceContext): SourcePlan {
  const { path, mistakes, sourceOf } = context;
  const { map, tenant, types } = from;
  checkOptions("webhook", from.written, path, mistakes);
  if (!Array.isArray(types) || types.length === 0 || !types.every(isText))
    mistakes.add("define.reference", `${path}.types`, `needs the vendor's types as texts; found ${describe(types)}`);
  if (typeof map !== "function")
    mistakes.add("define.reference", `${path}.map`, `needs a function; found ${describe(map)}`);
  if (tenant !== undefined && !isText(tenant) && typeof tenant !== "function") {
    const message = `needs a tenant's name, or a function that tells it; found ${describe(tenant)}`;
    mistakes.add("define.reference", `${path}.tenant`, message);
  }
  checkTenant(tenant, "a tenant's name, or a function that tells it of a delivery", context);
  return {
    kind: from.of,
    secret: secretName(from.secret, `${path}.secret`, mistakes),
    types,
    ...(typeof tenant === "string" ? { tenant } : {}),
    map: fingerprint(sourceOf(map, path)),
    ...(typeof tenant === "function" ? { tenantOf: fingerprint(sourceOf(tenant, path)) } : {}),
  };
}

/** A row without a tenant belongs to nobody where tenants are apart, and to no other than all where they are not. */
function checkTenant(tenant: unknown, what: string, { tenancy, path, mistakes }: SourceContext): void {
  if (tenancy === "required" && tenant === undefined)
    mistakes.add("config.invalid", `${path}.tenant`, `the app's tenancy is "required": \`tenant\` needs ${what}`);
  if (tenancy === "none" && tenant !== undefined)
    mistakes.add("config.invalid", `${path}.tenant`, `the app's tenancy is "none": its rows have no tenant`);
}

/** The name of a secret's environment variable. */
export function secretName(secret: unknown, path: string, mistakes: Mistakes): string {
  const name = isPlainObject(secret) && secret.kind === "secret" ? secret.name : undefined;
  if (typeof name === "string" && variablePattern.test(name)) return name;
  // What was written in place of a name may be the secret itself: it is not told.
  mistakes.add("define.reference", path, 'needs the name of an environment variable: secret("NAME")');
  return "";
}
