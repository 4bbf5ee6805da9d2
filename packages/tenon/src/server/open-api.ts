import { limit } from "../base/limit.ts";
import { type ColumnPlan, type EventPlan, isSent, sentColumns } from "../plan/plan.ts";
import type { Tenon } from "../service/tenon.ts";
import { surfaces } from "./compat/surface-error.ts";
import type { Route } from "./route.ts";

type Schema = Readonly<Record<string, unknown>>;

/** OpenAPI 3.1 of this app: the routes, with the real fields of every event, feature set and prediction. */
export function openApi(tenon: Tenon, version: string, routes: readonly Route[]): object {
  const { plan } = tenon.build.app;
  const paths: Record<string, Record<string, object>> = {};
  const add = (route: Route, path: string, detail: object): void => {
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: { summary: route.summary, ...detail } };
  };
  for (const route of routes) {
    const named = expand(route, tenon);
    if (named.length === 0)
      add(route, openPath(route.path), { ...parametersOf(route.path), responses: responses({}, 200, route) });
    for (const { path, detail } of named) add(route, path, detail);
  }
  return {
    openapi: "3.1.0",
    info: { title: plan.app.name, version, description: `Build ${tenon.build.id}` },
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "An API key: tn_…" } },
      schemas: { Problem: problemSchema },
    },
  };
}

const problemSchema: Schema = {
  type: "object",
  required: ["type", "title", "status", "code", "detail"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string" },
    detail: { type: "string" },
    remedy: { type: "string" },
    requestId: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { path: { type: "string" }, code: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};

/** A route with a definition's name in its path stands once for each definition. */
function expand(route: Route, tenon: Tenon): { readonly path: string; readonly detail: object }[] {
  const { plan } = tenon.build.app;
  if (route.path === "/events/:event" && route.method === "POST") {
    return plan.events.filter(isSent).map((event) => {
      const row = rowSchema(sentColumns(event), true);
      const content = {
        "application/json": { schema: { anyOf: [row, { type: "array", maxItems: limit.itemsMax, items: row }] } },
        "application/x-ndjson": { schema: { type: "string" } },
      };
      return {
        path: `/events/${event.name}`,
        detail: {
          operationId: `track_${event.name}`,
          requestBody: { required: true, content },
          responses: responses({ type: "object" }, 202),
        },
      };
    });
  }
  if (route.path === "/tables/:table") {
    return plan.events
      .filter(({ table }) => table !== undefined)
      .map((event) => {
        const row = putSchema(event);
        const keys = { type: "array", maxItems: limit.itemsMax, items: { type: "object" } };
        const body =
          route.method === "PUT"
            ? { anyOf: [row, { type: "array", maxItems: limit.itemsMax, items: row }] }
            : { type: "object", required: ["keys"], properties: { keys } };
        return {
          path: `/tables/${event.name}`,
          detail: {
            operationId: `${route.method.toLowerCase()}_${event.name}`,
            requestBody: json(body),
            responses: responses({ type: "object" }, 202),
          },
        };
      });
  }
  if (route.path === "/features/:set") {
    return plan.featureSets.map((set) => {
      const key: Schema = {
        type: "object",
        required: [set.entity],
        properties: { [set.entity]: { type: set.keyType === "integer" ? "integer" : "string" } },
      };
      const body = {
        type: "object",
        required: ["keys"],
        properties: {
          keys: { type: "array", maxItems: limit.featureKeysMax, items: key },
          at: { type: ["string", "integer"] },
          brief: { type: "boolean" },
        },
      };
      return {
        path: `/features/${set.name}`,
        detail: {
          operationId: `features_${set.name}`,
          requestBody: json(body),
          responses: responses({ type: "object" }),
        },
      };
    });
  }
  if (route.path === "/predict/:prediction") {
    return plan.predictions.map((prediction) => {
      const { spine } = plan.models.find((model) => model.name === prediction.model)!;
      const row = rowSchema(spine.columns, spine.kind !== "none");
      return {
        path: `/predict/${prediction.name}`,
        detail: {
          operationId: `predict_${prediction.name}`,
          requestBody: {
            required: true,
            content: {
              "application/json": { schema: { anyOf: [row, { type: "array", maxItems: limit.itemsMax, items: row }] } },
              "application/x-ndjson": { schema: { type: "string" } },
            },
          },
          responses: responses({ anyOf: [{ type: "object" }, { type: "array", items: { type: "object" } }] }),
        },
      };
    });
  }
  return [];
}

/** What is put: the table's columns, those that it needs, and from when on it is valid. */
function putSchema({ columns, table }: EventPlan): Schema {
  const own = columns.filter(({ name }) => name !== "deleted");
  const needed = own.map((column) => ({ ...column, nullable: table?.required.includes(column.name) !== true }));
  const row = rowSchema(needed, false);
  const properties = { validFrom: { type: ["string", "integer"] }, deleted: { type: "boolean" } };
  return { ...row, required: [table?.key ?? ""], properties: { ...Object(row.properties), ...properties } };
}

function rowSchema(columns: readonly ColumnPlan[], envelope: boolean): Schema {
  const fields = Object.fromEntries(columns.map((column) => [column.name, columnSchema(column)]));
  const own = envelope ? { id: { type: "string" }, at: { type: ["string", "integer"] } } : {};
  const required = columns.filter((column) => !column.nullable).map((column) => column.name);
  return { type: "object", additionalProperties: false, required, properties: { ...own, ...fields } };
}

/** JSON Schema of a column's values. */
function columnSchema(column: ColumnPlan): Schema {
  const schema = plainSchema(column);
  if (!column.nullable) return schema;
  return "enum" in schema ? { enum: [...column.values, null] } : { ...schema, type: [...[schema.type].flat(), "null"] };
}

function plainSchema(column: ColumnPlan): Schema {
  switch (column.type) {
    case "integer":
      return { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
    case "decimal":
    case "real":
      return { type: "number" };
    case "flag":
      return { type: "boolean" };
    case "time":
      return { type: ["string", "integer"], description: "ISO 8601 with a zone, or epoch milliseconds" };
    case "oneOf":
      return { enum: column.values };
    case "ref":
      return column.to?.keyType === "integer" ? { type: "integer" } : { type: "string", minLength: 1 };
    default:
      return { type: "string" };
  }
}

const json = (schema: Schema): object => ({ required: true, content: { "application/json": { schema } } });

const problem = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
const errorText = { type: "object", required: ["error"], properties: { error: { type: "string" } } };

const responses = (schema: Schema, status = 200, route?: Route): object => ({
  [status]: { description: "The answer", content: { [route?.mime ?? "application/json"]: { schema } } },
  default: { description: "What went wrong", content: route === undefined ? problem : errorContent(route) },
});

/** Protocols of others tell errors in their own form. */
function errorContent({ path, isFeast }: Route): object {
  if (isFeast === true) return { ...problem, "application/json": {} };
  return surfaces.test(path) ? { "application/json": { schema: errorText } } : problem;
}

const openPath = (path: string): string => path.replace(/:(\w+)/g, "{$1}");

const parametersOf = (path: string): object => ({
  parameters: [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  })),
});
