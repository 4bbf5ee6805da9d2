import type { Command } from "../command.ts";
import { featuresBackfill } from "./features/backfill.ts";
import { featuresLineage } from "./features/lineage.ts";
import { featuresList } from "./features/list.ts";
import { featuresRead } from "./features/read.ts";
import { featuresShow } from "./features/show.ts";
import { featuresSql } from "./features/sql.ts";

/** Reading features, and what is known of them. A subcommand comes before a set of its name. */
export const featuresCommands: readonly Command[] = [
  featuresRead,
  featuresList,
  featuresShow,
  featuresLineage,
  featuresSql,
  featuresBackfill,
];
