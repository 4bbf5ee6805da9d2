import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, TenonError } from "../base/error.ts";
import { sha256 } from "../base/hash.ts";
import { newId } from "../base/id.ts";
import type { AppDefinition } from "../define/app.ts";
import { compileApp } from "./compile.ts";
import type { SourceOf } from "./compiling.ts";
import type { CompiledApp } from "./plan.ts";

export interface LoadOptions {
  /** The folder that the module is written to as `<hash>.mjs` and imported from. */
  readonly dir: string;
  readonly sourceOf?: SourceOf;
  /** Says where a place in the code came from, for the message of a configuration that throws. */
  readonly locate?: (line: number, column: number) => string | undefined;
}

/**
 * Imports a bundle and compiles its app.
 * @throws config.unreadable when it throws or exports no app, config.invalid with every mistake
 */
export async function loadBundle(code: string, o: LoadOptions): Promise<CompiledApp> {
  return compileApp(await importBundle(code, o), o.sourceOf);
}

/** Imports a bundle; equal code is imported once. */
export async function importBundle(code: string, { dir, locate }: LoadOptions): Promise<AppDefinition> {
  const file = path.resolve(dir, `${sha256(code).slice(0, 16)}.mjs`);
  if (!existsSync(file)) {
    await mkdir(dir, { recursive: true });
    const draft = `${file}.${newId()}`;
    await writeFile(draft, code);
    await rename(draft, file);
  }
  return importApp(file, locate);
}

/** The app that a module exports: as `app`, as default, or as its only app. */
export async function importApp(file: string, locate?: LoadOptions["locate"]): Promise<AppDefinition> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await import(pathToFileURL(file).href);
  } catch (thrown) {
    const found = new RegExp(`${path.basename(file)}:(\\d+):(\\d+)`).exec(
      thrown instanceof Error ? (thrown.stack ?? "") : "",
    );
    const place = found === null ? undefined : locate?.(Number(found[1]), Number(found[2]));
    const where = place === undefined ? "" : `${place}: `;
    throw new TenonError("config.unreadable", `The configuration throws while it loads: ${where}${messageOf(thrown)}`, {
      places: [{ path: place ?? "tenon.config.ts", code: "config.unreadable", message: messageOf(thrown) }],
      cause: thrown,
    });
  }
  return findApp(exported);
}

const isApp = (value: unknown): value is AppDefinition =>
  value !== null && typeof value === "object" && "kind" in value && value.kind === "app";

function findApp(exported: Readonly<Record<string, unknown>>): AppDefinition {
  for (const name of ["app", "default"]) {
    const candidate = exported[name];
    if (isApp(candidate)) return candidate;
  }
  const apps = Object.entries(exported).filter(([, value]) => isApp(value));
  const only = apps.length === 1 ? apps[0]![1] : undefined;
  if (isApp(only)) return only;
  const found = Object.keys(exported).join(", ") || "nothing";
  const why =
    apps.length === 0
      ? `it exports no app but ${found}; write: export const app = defineApp({ … })`
      : `it exports ${apps.length} apps (${apps.map(([name]) => name).join(", ")}); name the one to run \`app\``;
  throw new TenonError("config.unreadable", `The configuration has no app: ${why}`);
}
