import { TenonError } from "../../base/error.ts";
import { isRecord } from "../../base/record.ts";

/** What a Feast registry defines, as far as it can be carried or has to be told that it cannot. */
export interface FeastRegistry {
  readonly project: string;
  readonly entities: readonly { readonly name: string; readonly joinKey: string; readonly valueType: string }[];
  readonly views: readonly FeastView[];
  readonly services: readonly { readonly name: string; readonly views: readonly string[] }[];
  /** Kinds that Tenon has otherwise or not at all, with the names that are defined. */
  readonly others: readonly { readonly kind: string; readonly names: readonly string[] }[];
}

export interface FeastView {
  readonly name: string;
  readonly entities: readonly string[];
  readonly features: readonly { readonly name: string; readonly valueType: string }[];
  readonly owner: string | undefined;
  readonly ttlMs: number;
  readonly pushSource: string | undefined;
  /** The file of its history, if it is one. */
  readonly file: string | undefined;
  readonly timeColumn: string | undefined;
  readonly createdColumn: string | undefined;
}

type Dump = Readonly<Record<string, unknown>>;

const text = (dump: Dump, name: string): string | undefined => {
  const value = dump[name];
  return typeof value === "string" && value !== "" ? value : undefined;
};
const list = (dump: Dump, name: string): readonly unknown[] => {
  const value = dump[name];
  return Array.isArray(value) ? value : [];
};
const part = (dump: Dump, name: string): Dump => {
  const value = dump[name];
  return isRecord(value) ? value : {};
};
const parts = (dump: Dump, name: string): readonly Dump[] => list(dump, name).filter(isRecord);
const specs = (dump: Dump, name: string): readonly Dump[] => parts(dump, name).map((one) => part(one, "spec"));

const kinds = {
  onDemandFeatureViews: "on-demand feature view",
  streamFeatureViews: "stream feature view",
  labelViews: "label view",
  savedDatasets: "saved dataset",
  validationReferences: "validation reference",
  permissions: "permission",
} as const;

/**
 * The registry of `feast registry-dump`.
 * @throws cli.usage for what is none
 */
export function feastRegistry(json: string, file: string): FeastRegistry {
  const dump = parsed(json);
  if (dump === undefined || !("entities" in dump || "featureViews" in dump))
    throw new TenonError("cli.usage", `${file} is no registry: \`feast registry-dump > registry.json\` writes one`);
  return {
    project: text(dump, "project") ?? text(part(dump, "projectMetadata"), "project") ?? "feast",
    entities: specs(dump, "entities")
      // Feast's own, for views without an entity.
      .filter((spec) => text(spec, "name") !== "__dummy")
      .map((spec) => ({
        name: text(spec, "name") ?? "",
        joinKey: text(spec, "joinKey") ?? text(spec, "name") ?? "",
        valueType: text(spec, "valueType") ?? "STRING",
      })),
    views: specs(dump, "featureViews").map(viewOf),
    services: specs(dump, "featureServices").map((spec) => ({
      name: text(spec, "name") ?? "",
      views: parts(spec, "features").map((projection) => text(projection, "featureViewName") ?? ""),
    })),
    others: Object.entries(kinds).flatMap(([key, kind]) => {
      const names = parts(dump, key).map((one) => text(part(one, "spec"), "name") ?? text(one, "name") ?? "?");
      return names.length === 0 ? [] : [{ kind, names }];
    }),
  };
}

function parsed(json: string): Dump | undefined {
  try {
    // Feast prints its warnings before the dump.
    const value: unknown = JSON.parse(json.slice(Math.max(0, json.indexOf("{"))));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function viewOf(spec: Dump): FeastView {
  const batch = part(spec, "batchSource");
  const stream = part(spec, "streamSource");
  return {
    name: text(spec, "name") ?? "",
    entities: list(spec, "entities").filter((name): name is string => typeof name === "string" && name !== "__dummy"),
    features: parts(spec, "features").map((feature) => ({
      name: text(feature, "name") ?? "",
      valueType: text(feature, "valueType") ?? "INVALID",
    })),
    owner: text(spec, "owner"),
    ttlMs: Math.round(Number.parseFloat(text(spec, "ttl") ?? "0") * 1_000) || 0,
    pushSource: text(stream, "type") === "PUSH_SOURCE" ? text(stream, "name") : undefined,
    file: text(part(batch, "fileOptions"), "uri"),
    timeColumn: text(batch, "timestampField"),
    createdColumn: text(batch, "createdTimestampColumn"),
  };
}
