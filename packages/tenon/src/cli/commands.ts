import type { Command } from "./command.ts";
import { batchesCommands } from "./commands/batches.ts";
import { build } from "./commands/build.ts";
import { consoleCommand } from "./commands/console.ts";
import { datasetBuild } from "./commands/dataset.ts";
import { deadLetterCommands } from "./commands/dead-letters.ts";
import { dev } from "./commands/dev.ts";
import { doctor } from "./commands/doctor.ts";
import { eventsCommands } from "./commands/events.ts";
import { eventsImport } from "./commands/events-import.ts";
import { featuresCommands } from "./commands/features.ts";
import { helpOn } from "./commands/help.ts";
import { importFeast } from "./commands/import-feast.ts";
import { init } from "./commands/init.ts";
import { keysCommands } from "./commands/keys.ts";
import { modelsCommands } from "./commands/models.ts";
import { plan } from "./commands/plan.ts";
import { predict } from "./commands/predict.ts";
import { predictionsCommands } from "./commands/predictions.ts";
import { scoreCommand } from "./commands/score.ts";
import { serveCommand } from "./commands/serve.ts";
import { sourcesCommands } from "./commands/sources.ts";
import { tableCommands } from "./commands/tables.ts";
import { tablesImport } from "./commands/tables-import.ts";
import { tenantsCommands } from "./commands/tenants.ts";
import { train } from "./commands/train.ts";
import { verifyCommand } from "./commands/verify.ts";
import { version } from "./commands/version.ts";

/** Every command, in the order of help: first what starts an app, then what works with one. */
export const commands: readonly Command[] = [
  init,
  dev,
  serveCommand,
  consoleCommand,
  build,
  plan,
  verifyCommand,
  predict,
  scoreCommand,
  ...predictionsCommands,
  ...featuresCommands,
  ...eventsCommands,
  eventsImport,
  ...deadLetterCommands,
  ...sourcesCommands,
  importFeast,
  ...tableCommands,
  tablesImport,
  ...batchesCommands,
  datasetBuild,
  train,
  ...modelsCommands,
  ...keysCommands,
  ...tenantsCommands,
  doctor,
  helpOn(() => commands),
  version,
];
