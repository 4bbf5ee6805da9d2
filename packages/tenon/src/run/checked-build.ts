import { TenonError } from "../base/error.ts";
import { type Build, buildApp } from "../plan/build.ts";
import { checkPurity, type PurityWarning } from "../plan/purity.ts";

/** A build whose functions were called on samples. */
export interface CheckedBuild {
  readonly build: Build;
  /** Functions that threw on a sample, which may be unlike any real row. */
  readonly warnings: readonly PurityWarning[];
}

/**
 * Builds a configuration and checks its functions.
 * @throws config.missing, config.unreadable, config.invalid with every mistake of definitions or functions
 */
export async function checkedBuild(o: { readonly configFile: string; readonly outDir: string }): Promise<CheckedBuild> {
  const build = await buildApp(o);
  const { mistakes, warnings } = checkPurity(build);
  if (mistakes.length === 0) return { build, warnings };
  const lines = mistakes.map(({ path, message, code }) => `  ${path}: ${message} [${code}]`);
  const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
  throw new TenonError("config.invalid", `The configuration has ${count}:\n${lines.join("\n")}`, { places: mistakes });
}
