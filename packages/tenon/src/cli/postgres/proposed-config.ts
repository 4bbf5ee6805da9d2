import { VariableNames } from "../variable-names.ts";
import type { ProposedApp, ProposedColumn, ProposedEntity, ProposedEvent } from "./proposed-app.ts";
import type { ProposedInfo } from "./proposed-info.ts";

/** Amounts of an event that are summed. */
const sumsMax = 3;
const imports = [
  ...["c", "defineApp", "embedded", "entity", "event", "features", "gradientBoosting", "label", "model"],
  ...["postgresQuery", "prediction", "secret", "table"],
];

interface Names {
  readonly of: (definition: ProposedEntity | ProposedEvent | ProposedInfo) => string;
  readonly take: (name: string) => string;
}

/** The text of a configuration of what was proposed; it says what was guessed. */
export function proposedConfig(app: ProposedApp, o: { readonly name: string; readonly urlName: string }): string {
  const names = namesOf(app);
  const hasInfo = app.entities.some(({ info }) => info !== undefined);
  const sets = app.entities.map((entity) => ({
    entity,
    events: app.events.filter(({ columns }) => columns.some((column) => column.entity === entity)),
    variable: names.take(`${entity.name}_activity`),
  }));
  const [main] = sets.toSorted(
    (a, b) => Number(isThing(a.entity)) - Number(isThing(b.entity)) || rowsOf(b.events) - rowsOf(a.events),
  );
  const used = [
    ...app.events.map((event) => names.of(event)),
    ...sets.map(({ variable }) => variable),
    ...app.entities.flatMap(({ info }) => (info === undefined ? [] : [names.of(info)])),
    ...(main === undefined ? [] : ["churnPrediction"]),
  ];
  return [
    `import { ${imports.filter((name) => name !== "table" || hasInfo).join(", ")} } from "tenon";`,
    "",
    "// Proposed from the tables of a database. Names, times and what is an event are guesses: look through them.",
    "// The names in quotes are durable: they are in URLs and stored keys.",
    "",
    `const url = secret(${quoted(o.urlName)}); // read from the environment when the app starts`,
    "",
    ...(app.entities.length === 0 ? [] : ["// What events are about: tables that others refer to."]),
    ...app.entities.map(
      (entity) =>
        `const ${names.of(entity)} = entity(${quoted(entity.name)}${entity.isWhole ? ", { key: c.integer() }" : ""}); // ${comment(placeOf(entity.table))}`,
    ),
    ...app.entities.flatMap((entity) =>
      entity.info === undefined ? [] : ["", ...infoLines(entity, entity.info, names)],
    ),
    ...app.events.flatMap((event) => ["", ...eventLines(event, names)]),
    ...sets.flatMap((set) => ["", ...setLines(set, names)]),
    ...(main === undefined ? [] : ["", ...churnLines(main, names)]),
    ...(app.left.length === 0 ? [] : ["", "// Not taken:"]),
    ...app.left.map((line) => `// - ${comment(line)}`),
    "",
    "export const app = defineApp({",
    `  name: ${quoted(o.name)},`,
    '  tenancy: "none",',
    "  stores: { dev: () => embedded(), production: () => embedded() },",
    `  use: [${used.join(", ")}],`,
    "});",
    "",
  ].join("\n");
}

function namesOf({ entities, events }: ProposedApp): Names {
  const variables = new VariableNames([...imports, "url", "app", "churn", "churnPrediction"]);
  const infos = entities.flatMap(({ info }) => info ?? []);
  const known = new Map(
    [...entities, ...infos, ...events].map((definition) => [definition, variables.take(definition.name)]),
  );
  return { of: (definition) => known.get(definition) ?? definition.name, take: (name) => variables.take(name) };
}

function infoLines(entity: ProposedEntity, info: ProposedInfo, names: Names): readonly string[] {
  const { table, name } = entity;
  const { cursor, columns, left, notes } = info;
  const key = identifier(table.primaryKey[0] ?? "");
  const selected = [
    `${key} as ${identifier(name)}`,
    `${identifier(cursor.name)} as ${cursorName}`,
    ...columns.map((column) => selectedAs(column)),
  ];
  return [
    `// What ${comment(placeOf(table))} says of each; every change is kept with its time.`,
    ...notes.map((note) => `// Look at: ${comment(note)}.`),
    ...(left.length === 0 ? [] : [`// Left out: ${comment(left.join(", "))}.`]),
    `const ${names.of(info)} = table(`,
    `  ${quoted(info.name)},`,
    "  {",
    `    ${name}: c.ref(${names.of(entity)}),`,
    ...columns.map((column) => `    ${column.name}: ${column.builder},`),
    "  },",
    "  {",
    "    from: postgresQuery({",
    "      url,",
    `      sql: ${template(`select ${selected.join(", ")}\n        from ${identifier(table.schema)}.${identifier(table.name)}`)},`,
    `      cursor: ${quoted(cursorName)},${cursor.name === cursorName ? "" : ` // ${comment(cursor.name)}`}`,
    "    }),",
    "  },",
    ");",
  ];
}

const selectedAs = ({ source, name }: { readonly source: string; readonly name: string }): string =>
  source === name ? identifier(source) : `${identifier(source)} as ${identifier(name)}`;

function eventLines(event: ProposedEvent, names: Names): readonly string[] {
  const { table, cursor, columns, left, notes } = event;
  return [
    `// Rows of ${comment(placeOf(table))}, which refer to ${[...new Set(columns.flatMap(({ entity }) => entity?.name ?? []))].join(" and ")} and tell a time.`,
    ...notes.map((note) => `// Look at: ${comment(note)}.`),
    ...(left.length === 0 ? [] : [`// Left out: ${comment(left.join(", "))}.`]),
    `const ${names.of(event)} = event(`,
    `  ${quoted(event.name)},`,
    "  {",
    ...columns.map((column) => `    ${column.name}: ${builderOf(column, names)},`),
    "  },",
    "  {",
    "    from: postgresQuery({",
    "      url,",
    `      sql: ${template(sqlOf(event))},`,
    `      cursor: ${quoted(cursorName)},${cursor.name === cursorName ? "" : ` // ${comment(cursor.name)}`}`,
    "      complete: true, // the table has all that ever happened",
    "    }),",
    "  },",
    ");",
  ];
}

const builderOf = ({ entity, builder, isNullable }: ProposedColumn, names: Names): string =>
  entity === undefined ? builder : `c.ref(${names.of(entity)})${isNullable ? ".nullable()" : ""}`;

/** The cursor has a name of its own: a column of the event may have that of its column. */
const cursorName = "at";

function sqlOf({ table, cursor, columns }: ProposedEvent): string {
  const id = table.primaryKey.map((column) => `${identifier(column)}::text`).join(" || ':' || ");
  const selected = [
    `${id} as id`,
    `${identifier(cursor.name)} as ${cursorName}`,
    ...columns.map((column) => selectedAs(column)),
  ];
  return `select ${selected.join(", ")}\n        from ${identifier(table.schema)}.${identifier(table.name)}`;
}

function setLines(
  { entity, events, variable }: { entity: ProposedEntity; events: readonly ProposedEvent[]; variable: string },
  names: Names,
): readonly string[] {
  return [
    `// Computed as rows come in, and point in time for training.`,
    `const ${variable} = features(${quoted(`${entity.name}_activity`)}, ${names.of(entity)}, {`,
    ...events.flatMap((event) => [
      `  ${event.name}_count: ${names.of(event)}.count().over("7d", "30d"),`,
      ...event.columns
        .filter(({ isAmount }) => isAmount)
        .slice(0, sumsMax)
        .map(({ name }) => `  ${event.name}_${name}: ${names.of(event)}.sum(${quoted(name)}).over("7d", "30d"),`),
    ]),
    "});",
  ];
}

function churnLines(
  { entity, events, variable }: { entity: ProposedEntity; events: readonly ProposedEvent[]; variable: string },
  names: Names,
): readonly string[] {
  const event = busiest(events);
  const info = entity.info === undefined ? undefined : names.of(entity.info);
  const kept = info === undefined ? "" : `, { while: ${info} }`;
  return [
    `// Who has no ${event.name} in the next 30 days is taken to be gone. Learn it from history: tenon train ${entity.name}_stays`,
    `const churn = model(${quoted(`${entity.name}_stays`)}, {`,
    `  label: label(${quoted(`${entity.name}_returns`)}, { of: ${names.of(entity)}.every("7d"${kept}), is: ${names.of(event)}.count().next("30d").above(0) }),`,
    `  features: [${[variable, ...(info === undefined ? [] : [info])].join(", ")}],`,
    "  trainer: gradientBoosting({ seed: 1 }),",
    "});",
    "",
    `// POST /predict/${entity.name}_churn answers the fallback until a version is live.`,
    `const churnPrediction = prediction(${quoted(`${entity.name}_churn`)}, {`,
    "  model: churn,",
    "  fallback: { score: 0.5 },",
    "  decide: ({ score }) => ({ churn: 1 - score }),",
    "});",
  ];
}

/** What does not come and go by itself. */
const isThing = ({ name }: ProposedEntity): boolean => /^(product|device|store|shop|project)/i.test(name);

const rowsOf = (events: readonly ProposedEvent[]): number => events.reduce((sum, { table }) => sum + table.rows, 0);

/** The event with the most rows. */
const busiest = (events: readonly ProposedEvent[]): ProposedEvent =>
  events.reduce((best, event) => (event.table.rows > best.table.rows ? event : best));

const placeOf = ({ schema, name }: ProposedEvent["table"]): string =>
  schema === "public" ? name : `${schema}.${name}`;
const quoted = (text: string): string => JSON.stringify(text);

/** Only what is no word of SQL for certain goes without quotes. */
const identifier = (name: string): string =>
  /^(?!current_|session_|system_)[a-z]+(_[a-z0-9]+)+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

const template = (text: string): string => `\`${text.replace(/[\\`]|\$\{/g, "\\$&")}\``;

/** A name in a database may have a line's end. */
const comment = (text: string): string => text.replace(/\s+/g, " ");
