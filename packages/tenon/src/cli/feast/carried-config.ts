import { isAbsolute, join } from "node:path";
import { VariableNames } from "../variable-names.ts";
import type { FeastRegistry, FeastView } from "./registry-dump.ts";

/** A configuration made of a Feast registry, and what is not in it. */
export interface CarriedConfig {
  readonly text: string;
  readonly carried: { readonly entities: number; readonly tables: number };
  /** In sentences. */
  readonly left: readonly string[];
  /** Lines of Python that bring the history by Feast's own client, for views whose source is a file. */
  readonly history: readonly string[];
}

const namePattern = /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/;
const columnTypes: Readonly<Record<string, string>> = {
  INT32: "c.integer()",
  INT64: "c.integer()",
  FLOAT: "c.real()",
  DOUBLE: "c.real()",
  STRING: "c.text()",
  BOOL: "c.flag()",
  UNIX_TIMESTAMP: "c.time()",
};
/** What every row that is put has of its own. */
const ownNames: ReadonlySet<string> = new Set(["validFrom", "deleted", "receivedAt"]);
const instead: Readonly<Record<string, string>> = {
  "on-demand feature view": "write it as onDemand() in TypeScript",
  "stream feature view": "define aggregates over an event: they are computed as events come in",
};

/**
 * A feature view becomes a table: what Feast serves is the latest row of a key within its ttl. Aggregates over events are
 * what it can grow into. Paths of files are the repository's own.
 */
export function carriedConfig(registry: FeastRegistry, repository: string): CarriedConfig {
  const left: string[] = [];
  const names = new VariableNames(["c", "defineApp", "embedded", "entity", "table", "app"]);
  const entities = registry.entities.flatMap((entity) => {
    if (!namePattern.test(entity.joinKey)) {
      left.push(`entity "${entity.name}": its join key "${entity.joinKey}" is no name`);
      return [];
    }
    const isWhole = /^INT(32|64)$/.test(entity.valueType);
    return [{ ...entity, isWhole, variable: names.take(entity.joinKey) }];
  });
  const views = registry.views.flatMap((view) => {
    const entity = entities.find(({ name }) => name === view.entities[0]);
    const why = reasonAgainst(view, entity !== undefined);
    if (why !== undefined || entity === undefined) {
      left.push(`feature view "${view.name}": ${why}`);
      return [];
    }
    const features = view.features.filter(({ name, valueType }) => {
      const isCarried = columnTypes[valueType] !== undefined && namePattern.test(name) && !ownNames.has(name);
      if (!isCarried) left.push(`feature "${view.name}:${name}" of type ${valueType}: no column takes it`);
      return isCarried;
    });
    if (features.length === 0) return [];
    if (view.pushSource !== undefined)
      left.push(`push source "${view.pushSource}": push to "${view.name}", the name of the table`);
    return [{ view, entity, features, variable: names.take(view.name) }];
  });
  for (const { name, views: used } of registry.services)
    left.push(
      `feature service "${name}" (${used.join(", ")}): a service is a model with these features; until there is one, ask for them by name`,
    );
  for (const { kind, names: defined } of registry.others)
    left.push(`${kind} ${defined.map((name) => `"${name}"`).join(", ")}: ${instead[kind] ?? "there is none here"}`);

  return {
    text: configText(registry.project, entities, views),
    carried: { entities: entities.length, tables: views.length },
    left,
    history: views.flatMap(({ view }) => historyOf(view, repository)),
  };
}

interface CarriedEntity {
  readonly joinKey: string;
  readonly isWhole: boolean;
  readonly variable: string;
}

interface CarriedView {
  readonly view: FeastView;
  readonly entity: CarriedEntity;
  readonly features: FeastView["features"];
  readonly variable: string;
}

function configText(project: string, entities: readonly CarriedEntity[], views: readonly CarriedView[]): string {
  return [
    `import { c, defineApp, embedded, entity, table } from "tenon";`,
    "",
    ...entities.map(
      ({ joinKey, isWhole, variable }) =>
        `const ${variable} = entity(${quoted(joinKey)}${isWhole ? ", { key: c.integer() }" : ""});`,
    ),
    ...views.flatMap(({ view, entity, features, variable }) => [
      "",
      `const ${variable} = table(`,
      `  ${quoted(view.name)},`,
      "  {",
      `    ${entity.joinKey}: c.ref(${entity.variable}),`,
      ...features.map(({ name, valueType }) => `    ${name}: ${columnTypes[valueType]}.nullable(),`),
      "  },",
      `  {${optionsOf(view)}},`,
      ");",
    ]),
    "",
    "export const app = defineApp({",
    `  name: ${quoted(namePattern.test(project) ? project : "feast")},`,
    `  tenancy: "none",`,
    "  stores: { dev: () => embedded(), production: () => embedded() },",
    `  use: [${views.map(({ variable }) => variable).join(", ")}],`,
    "});",
    "",
  ].join("\n");
}

const quoted = (text: string): string => JSON.stringify(text);

function reasonAgainst(view: FeastView, hasEntity: boolean): string | undefined {
  if (!namePattern.test(view.name)) return "this is no name here";
  if (view.entities.length === 0) return "it has no entity";
  if (view.entities.length > 1) return `it has the entities ${view.entities.join(" and ")}, and a feature set has one`;
  return hasEntity ? undefined : `its entity "${view.entities[0]}" was not carried`;
}

/** Feast's ttl of 0 is for ever. */
function optionsOf({ ttlMs, owner }: FeastView): string {
  const [unit, ms] = units.find(([, one]) => ttlMs % one === 0) ?? ["ms", 1];
  const ttl = ttlMs > 0 ? [`ttl: "${ttlMs / ms}${unit}"`] : [];
  const options = [...ttl, ...(owner === undefined ? [] : [`owner: ${quoted(owner)}`])];
  return options.length === 0 ? "" : ` ${options.join(", ")} `;
}

const units: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
];

function historyOf({ name, file, timeColumn }: FeastView, repository: string): readonly string[] {
  const read = file === undefined ? undefined : /\.(parquet|csv)$/.exec(file)?.[1];
  if (file === undefined || read === undefined) return [];
  const path = isAbsolute(file) ? file : join(repository, file);
  const renamed =
    timeColumn === undefined || timeColumn === "event_timestamp"
      ? ""
      : `.rename(columns={"${timeColumn}": "event_timestamp"})`;
  return [`store.write_to_online_store(${quoted(name)}, pd.read_${read}(${quoted(path)})${renamed})`];
}
