import { loadPg } from "../drivers/postgres/load-pg.ts";
import { openPostgresQuery } from "../drivers/postgres/query-source.ts";
import type { SourceAccess } from "../ports/query-source.ts";

/** What sources are reached with: the drivers, and secrets from the environment. */
export const sourceAccess = (environment: NodeJS.ProcessEnv): SourceAccess => ({
  openQuery: openPostgresQuery,
  checkDriver: async () => {
    await loadPg();
  },
  secret: (name) => environment[name],
});
