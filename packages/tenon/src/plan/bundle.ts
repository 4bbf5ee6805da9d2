import { existsSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildFailure, BuildOptions, Message } from "esbuild";
import { TenonError } from "../base/error.ts";
import type { CanonicalSource, SourceReader } from "./closure.ts";

/** A configuration with all that it imports, in one module that runs anywhere. */
export interface ConfigBundle {
  readonly code: string;
  /** The team's own part of it, without comments and formatting. */
  readonly userCode: string;
  /** Finds the line of the team's code that a place in `code` came from: `risk.ts:12:3`. Columns count from 1. */
  locate(line: number, column: number): string | undefined;
}

/** The definitions, beside the running code: `.ts` in the repository, `.js` when published. */
const indexFile = fileURLToPath(new URL(`../index${path.extname(import.meta.url)}`, import.meta.url));

/**
 * The bundle of a configuration. It has no comment, so that one changes nothing, and no absolute path.
 * @throws config.missing, config.unreadable with the file, line and column
 */
export async function bundleConfig(configFile: string): Promise<ConfigBundle> {
  const file = path.resolve(configFile);
  if (!existsSync(file))
    throw new TenonError("config.missing", `there is no ${path.basename(file)} in ${path.dirname(file)}`);
  const [whole, user] = await Promise.all([bundle(file, "inside"), bundle(file, "outside")]);
  const map = new SourceMap(whole.map);
  return {
    code: whole.code,
    userCode: user.code,
    locate(line, column) {
      const entry = map.findEntry(line - 1, column - 1);
      if (!("originalSource" in entry)) return undefined;
      return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    },
  };
}

async function bundle(file: string, tenon: "inside" | "outside"): Promise<{ code: string; map: SourceMapPayload }> {
  const { build } = await import("esbuild");
  const options = {
    entryPoints: [file],
    absWorkingDir: path.dirname(file),
    bundle: true,
    write: false,
    outfile: "bundle.mjs",
    format: "esm",
    platform: "node",
    target: "node24",
    charset: "utf8",
    minifyWhitespace: true,
    legalComments: "none",
    sourcemap: "external",
    logLevel: "silent",
    plugins: [
      {
        name: "tenon",
        setup(plugin) {
          plugin.onResolve({ filter: /^tenon$/ }, () =>
            tenon === "inside" ? { path: indexFile, sideEffects: false } : { path: "tenon", external: true },
          );
        },
      },
    ],
  } as const satisfies BuildOptions;
  try {
    const { outputFiles } = await build(options);
    const textOf = (ending: string): string => outputFiles.find((output) => output.path.endsWith(ending))?.text ?? "";
    return { code: textOf(".mjs"), map: JSON.parse(textOf(".map")) };
  } catch (thrown) {
    throw unreadable(thrown);
  }
}

const isBuildFailure = (thrown: unknown): thrown is BuildFailure =>
  thrown instanceof Error && "errors" in thrown && Array.isArray(thrown.errors);

function unreadable(thrown: unknown): unknown {
  if (!isBuildFailure(thrown)) return thrown;
  const places = thrown.errors.map((error) => ({
    path: placeOf(error),
    code: "config.unreadable" as const,
    message: error.text,
  }));
  const lines = places.map((place) => `  ${place.path}: ${place.message}`);
  return new TenonError("config.unreadable", `The configuration does not load:\n${lines.join("\n")}`, {
    places,
    cause: thrown,
  });
}

/** esbuild counts columns from 0, editors from 1. */
const placeOf = ({ location }: Message): string =>
  location === null ? "tenon.config.ts" : `${location.file}:${location.line}:${location.column + 1}`;

const identifier = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;
/** Words that can be no variable's name in a module. */
const reservedWords = new Set(
  (
    "break case catch class const continue debugger default delete do else enum export extends false finally for function if " +
    "import in instanceof new null return super switch this throw true try typeof var void while with yield let static await " +
    "implements interface package private protected public"
  ).split(" "),
);
const freeMark = "tenon_free_";

/** Reads function sources with esbuild, whose knowledge of scopes says which names are free. */
export function sourceReader(userCode: string): SourceReader {
  return {
    userCode,
    async canonical(source) {
      return (await canonicalExpression(`(${source})`)) ?? (await canonicalExpression(`({${source}})`));
    },
    async rebound(names) {
      // What esbuild leaves of a name, once its free uses are marked, is bound in the code.
      const present = names.filter((name) => userCode.includes(name));
      const rest = await markFree(userCode, present, false);
      const words = new Set((rest ?? userCode).match(identifier));
      return new Set(present.filter((name) => words.has(name)));
    },
  };
}

async function canonicalExpression(expression: string): Promise<CanonicalSource | undefined> {
  if (/\[native code\]/.test(expression)) return undefined;
  const words = [...new Set(expression.match(identifier))].filter((word) => !reservedWords.has(word));
  // Twice: short names go by how often letters occur, and only the first pass is rid of the names as they were written.
  const once = await markFree(`void ${expression}`, words, true);
  const text = once === undefined ? undefined : await markFree(once, [], true);
  if (text === undefined) return undefined;
  const marked = new Set(text.match(identifier));
  const free = words.filter((word) => marked.has(freeMark + word));
  // These three reach outside too, and are no variables.
  const reaching = ["this", "super", "import"].filter((word) => marked.has(word));
  return { text, free: [...free, ...reaching] };
}

/** The code with `tenon_free_` before each of the names where it is free; undefined where it is no code. */
async function markFree(
  code: string,
  names: readonly string[],
  minifyIdentifiers: boolean,
): Promise<string | undefined> {
  const { transform } = await import("esbuild");
  try {
    const result = await transform(code, {
      define: Object.fromEntries(names.map((name) => [name, freeMark + name])),
      format: "esm",
      target: "node24",
      charset: "utf8",
      minifyWhitespace: true,
      minifyIdentifiers,
      legalComments: "none",
      logLevel: "silent",
    });
    return result.code;
  } catch (thrown) {
    if (isBuildFailure(thrown)) return undefined;
    throw thrown;
  }
}
