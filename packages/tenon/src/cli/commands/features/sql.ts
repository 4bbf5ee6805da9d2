import { TenonError } from "../../../base/error.ts";
import { suggestion } from "../../../base/nearest.ts";
import type { FeatureSetPlan, Plan } from "../../../plan/plan.ts";
import { postgres } from "../../../sql/dialect/postgres.ts";
import { spark } from "../../../sql/dialect/spark.ts";
import type { SqlDialect } from "../../../sql/dialect.ts";
import { featureSql } from "../../../sql/feature-sql.ts";
import { createReads, createRows } from "../../../sql/relation.ts";
import { type Command, type CommandCall, exitCodes } from "../../command.ts";
import { withDraftBuild } from "../../draft-build.ts";
import { flagText } from "../../flags.ts";

const dialects: Readonly<Record<string, SqlDialect>> = { postgres, spark };

export const featuresSql: Command = {
  name: "features sql",
  summary: "Print the SQL that gives a feature set's values by their definition",
  usage: "tenon features sql SET [--dialect postgres|spark] [--tables]",
  options: [
    { flag: "--dialect", value: "NAME", about: "postgres or spark; default postgres" },
    { flag: "--tables", about: "Print the statements that make the tables which the text reads, instead" },
  ],
  examples: [
    "tenon features sql spend",
    "tenon features sql spend --tables",
    "tenon features sql spend --dialect spark",
  ],
  run(call) {
    const { output, words, flags, places } = call;
    const dialect = dialectOf(call);
    return withDraftBuild(places.configFile, ({ plan }) => {
      const set = setOf(plan, words[0] ?? "");
      const sql = featureSql(plan, set, dialect);
      const tables = [createReads(set, dialect), ...eventsOf(plan, set).map((event) => createRows(event, dialect))];
      output.text(flags.tables === true ? tables.map((statement) => `${statement};`).join("\n\n") : `${sql};`);
      output.value({ set: set.name, dialect: dialect.name, sql, tables });
      return exitCodes.ok;
    });
  },
};

function dialectOf(call: CommandCall): SqlDialect {
  const name = flagText(call, "dialect") ?? "postgres";
  const dialect = Object.hasOwn(dialects, name) ? dialects[name] : undefined;
  if (dialect !== undefined) return dialect;
  const names = Object.keys(dialects);
  throw new TenonError("cli.usage", `--dialect takes ${names.join(" or ")}.${suggestion(name, names)}`);
}

function setOf({ featureSets }: Plan, name: string): FeatureSetPlan {
  const set = featureSets.find((candidate) => candidate.name === name);
  if (set?.batch !== undefined)
    throw new TenonError(
      "cli.usage",
      `"${name}" is a batch: its SQL is in the configuration, and in tenon batches show`,
    );
  if (set !== undefined) return set;
  const names = featureSets.map((candidate) => candidate.name);
  throw new TenonError("features.unknown", `the app has no feature set "${name}".${suggestion(name, names)}`);
}

const eventsOf = ({ events, lanes }: Plan, { columns }: FeatureSetPlan): Plan["events"] =>
  events.filter(({ name }) => columns.some(({ lane }) => lanes[lane]?.event === name));
