import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { TenonError } from "../base/error.ts";
import { canonicalJson, sha256 } from "../base/hash.ts";
import { newId } from "../base/id.ts";
import { bundleConfig, sourceReader } from "./bundle.ts";
import { type ClosureSource, closureSources, sourceOfClosures } from "./closure.ts";
import { compileApp, functionsOf } from "./compile.ts";
import { importApp } from "./load-bundle.ts";
import { Mistakes } from "./mistakes.ts";
import type { CompiledApp, Plan, PlanFunctions } from "./plan.ts";
import { reach } from "./reach.ts";

/** Version of `plan.json`; a reader refuses a newer one. */
const formatVersion = 1;
const planName = "plan.json";
const bundleName = "bundle.mjs";

/** A configuration compiled, bundled and stored under its content's address. */
export interface Build extends CompiledApp {
  /** 16 hex digits of the SHA-256 of `plan.json` and `bundle.mjs`. */
  readonly id: string;
  readonly dir: string;
  readonly closures: readonly ClosureSource[];
}

interface PlanFile {
  readonly format: number;
  readonly plan: Plan;
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly closures: readonly ClosureSource[];
}

/**
 * Builds a configuration into `<outDir>/<id>/`. An equal build that is there already is used.
 * @throws config.missing, config.unreadable, config.invalid
 */
export async function buildApp(o: { readonly configFile: string; readonly outDir: string }): Promise<Build> {
  const bundle = await bundleConfig(o.configFile);
  const draft = path.resolve(o.outDir, `.draft-${newId()}`);
  await mkdir(draft, { recursive: true });
  try {
    await writeDurably(path.join(draft, bundleName), bundle.code);
    const app = await importApp(path.join(draft, bundleName), bundle.locate);
    // Compiled once for its mistakes and functions, and again with what stands for the functions in fingerprints.
    const { functions } = compileApp(app);
    const closures = await closureSources(functions, sourceReader(bundle.userCode));
    const { plan } = compileApp(app, sourceOfClosures(functions, closures));
    const file: PlanFile = { format: formatVersion, plan, fingerprints: fingerprintsOf(plan, closures), closures };
    const planJson = canonicalJson(file);
    const id = idOf(planJson, bundle.code);
    const dir = path.resolve(o.outDir, id);
    if (!(await isStored(dir, id))) {
      await writeDurably(path.join(draft, planName), planJson);
      await syncFolder(draft);
      await rm(dir, { recursive: true, force: true });
      await moveInto(draft, dir, id);
      await syncFolder(path.resolve(o.outDir));
    }
    return { id, dir, plan, functions, closures };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Loads a stored build: its plan as it was compiled, and its functions.
 * @throws data.corrupt when its content is not what its id says, data.newer for a later format
 */
export async function readBuild(outDir: string, id: string): Promise<Build> {
  const dir = path.resolve(outDir, id);
  const { planJson, code } = await readContent(dir);
  if (idOf(planJson, code) !== id) {
    throw new TenonError(
      "data.corrupt",
      `build ${id} in ${dir} is damaged: its content's address is ${idOf(planJson, code)}`,
    );
  }
  const { format, plan, closures }: PlanFile = JSON.parse(planJson, reviveInfinity);
  if (format > formatVersion) {
    throw new TenonError("data.newer", `build ${id} has format ${format}; this Tenon reads up to ${formatVersion}`);
  }
  const app = await importApp(path.join(dir, bundleName));
  const functions = functionsOf(reach(app, new Mistakes()));
  checkFunctions(functions, closures, id);
  return { id, dir, plan, functions, closures };
}

/** A configuration that reads the environment may define other functions than it did when it was built. */
function checkFunctions(functions: PlanFunctions, closures: readonly ClosureSource[], id: string): void {
  const missing = closures.find(({ kind, name }) => !Object.hasOwn(functions[kind], name));
  if (missing === undefined) return;
  const message = `build ${id} has no ${missing.kind} of "${missing.name}" here; a configuration may not depend on the environment`;
  throw new TenonError("config.unreadable", message);
}

const idOf = (planJson: string, code: string): string => sha256(`${planJson}\0${code}`).slice(0, 16);

async function readContent(dir: string): Promise<{ readonly planJson: string; readonly code: string }> {
  try {
    const [planJson, code] = await Promise.all(
      [planName, bundleName].map((name) => readFile(path.join(dir, name), "utf8")),
    );
    return { planJson: planJson!, code: code! };
  } catch (cause) {
    throw new TenonError("data.corrupt", `build ${path.basename(dir)} is not whole in ${path.dirname(dir)}`, { cause });
  }
}

async function isStored(dir: string, id: string): Promise<boolean> {
  if (!existsSync(dir)) return false;
  const content = await readContent(dir).catch(() => undefined);
  return content !== undefined && idOf(content.planJson, content.code) === id;
}

async function moveInto(draft: string, dir: string, id: string): Promise<void> {
  try {
    await rename(draft, dir);
  } catch (thrown) {
    // Another process may have built the same meanwhile.
    if (!(await isStored(dir, id))) throw thrown;
  }
}

/** JSON has no infinity; spans of time are the only numbers that may be infinite. */
const reviveInfinity = (key: string, value: unknown): unknown =>
  value === "Infinity" && key.endsWith("Ms") ? Number.POSITIVE_INFINITY : value;

function fingerprintsOf(plan: Plan, closures: readonly ClosureSource[]): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ...plan.events.map((event) => [`event ${event.name}`, event.fingerprint]),
    ...plan.featureSets.map((set) => [`features ${set.name}`, set.fingerprint]),
    ...plan.models.map((model) => [`model ${model.name}`, model.fingerprint]),
    ...closures.map((closure) => [`${closure.kind} ${closure.name}`, closure.fingerprint]),
  ]);
}

async function writeDurably(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flush: true });
}

async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
