import { tmpdir } from "node:os";
import { join } from "node:path";
import { TenonError } from "../base/error.ts";
import { DuckDbBatchEngine } from "../drivers/duckdb/batch-engine.ts";
import { type Build, buildApp } from "../plan/build.ts";
import { checkPurity, type PurityWarning } from "../plan/purity.ts";
import { batchMistakes } from "../service/batch/check-batches.ts";

/** A build whose functions were called on samples, and whose SQL was bound. */
export interface CheckedBuild {
  readonly build: Build;
  /** Functions that threw on a sample, which may be unlike any real row. */
  readonly warnings: readonly PurityWarning[];
}

/**
 * Builds a configuration and checks its functions and its SQL.
 * @throws config.missing, config.unreadable, config.invalid with every mistake of definitions, functions or SQL
 */
export async function checkedBuild(o: { readonly configFile: string; readonly outDir: string }): Promise<CheckedBuild> {
  const build = await buildApp(o);
  const { mistakes: impurities, warnings } = checkPurity(build);
  const tempDir = join(tmpdir(), "tenon-check");
  const wrongSql = await batchMistakes(build.plan, (memoryMbMax) => new DuckDbBatchEngine({ tempDir, memoryMbMax }));
  const mistakes = [...impurities, ...wrongSql];
  if (mistakes.length === 0) return { build, warnings };
  const lines = mistakes.map(({ path, message, code }) => `  ${path}: ${message} [${code}]`);
  const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
  throw new TenonError("config.invalid", `The configuration has ${count}:\n${lines.join("\n")}`, { places: mistakes });
}
