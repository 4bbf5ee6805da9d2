import { TenonError } from "../../base/error.ts";
import { databaseSchema } from "../../run/database-schema.ts";
import type { OwnConfig } from "../starter-files.ts";
import { proposedApp } from "./proposed-app.ts";
import { proposedConfig } from "./proposed-config.ts";

/** A configuration of a database's tables. */
export interface Proposal extends OwnConfig {
  /** Lines of what was found. */
  readonly told: readonly string[];
  /** What the environment still lacks, as lines of a shell. */
  readonly exports: readonly string[];
}

const urlPattern = /^postgres(ql)?:\/\//;
const variablePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const defaultName = "DATABASE_URL";
const pgVersion = "^8.16.0";

/**
 * Looks at a database and proposes an app. `place` is an environment variable or an address; an address is in nothing that is written.
 * @throws cli.usage, schema.empty, source.unreachable, source.driver
 */
export async function proposal(place: string, environment: NodeJS.ProcessEnv): Promise<Proposal> {
  const isUrl = urlPattern.test(place);
  if (!isUrl && !variablePattern.test(place))
    throw new TenonError("cli.usage", "--url takes the name of an environment variable, or postgres://…");
  const url = isUrl ? place : environment[place];
  if (url === undefined || url === "")
    throw new TenonError("cli.usage", `the environment variable ${place} is not set`);
  const tables = await databaseSchema(url);
  const app = proposedApp(tables);
  if (app.events.length === 0) {
    const why = app.left.slice(0, 5).join("; ");
    throw new TenonError(
      "schema.empty",
      `of ${tables.length} tables none refers to an entity and tells a time${why === "" ? "" : `: ${why}`}`,
    );
  }
  const infos = app.entities.flatMap(({ info }) => info ?? []);
  const urlName = isUrl ? defaultName : place;
  const list = (definitions: readonly { readonly name: string }[]): string =>
    definitions.map(({ name }) => name).join(", ");
  return {
    textFor: (name) => proposedConfig(app, { name, urlName }),
    dependencies: { pg: pgVersion },
    told: [
      `Entities: ${list(app.entities)}`,
      `Events: ${list(app.events)}`,
      ...(infos.length === 0 ? [] : [`Tables: ${list(infos)}`]),
      ...(app.left.length === 0 ? [] : [`Not taken: ${app.left.length} tables; the configuration says why`]),
      "What was guessed is in its comments: look through them.",
    ],
    exports: (environment[urlName] ?? "") === "" ? [`export ${urlName}=postgres://…`] : [],
  };
}
