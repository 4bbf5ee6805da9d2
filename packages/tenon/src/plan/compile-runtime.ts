import { isAbsolute } from "node:path";
import type { Duration } from "../base/duration.ts";
import type { ProcessRuntimeDefinition, RemoteRuntimeDefinition, RuntimeDefinition } from "../define/runtime.ts";
import { isPlainObject } from "./check-name.ts";
import { checkOptions } from "./check-options.ts";
import { compileVendor, type VendorColumns } from "./compile-vendor.ts";
import { describe } from "./describe.ts";
import { finiteMsOf } from "./duration.ts";
import type { Mistakes } from "./mistakes.ts";
import type { RuntimePlan } from "./runtime-plan.ts";
import { settingsOf } from "./setting-plans.ts";

const processesMax = 64;
const queueMax = 100_000;
const memoryMbMax = 1_048_576;
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

interface Checked {
  readonly path: string;
  readonly mistakes: Mistakes;
}

/** A model's runtime as a plan; mistakes are told where it is none. */
export function compileRuntime(
  name: string,
  runtime: RuntimeDefinition,
  columns: VendorColumns,
  checked: Checked,
): RuntimePlan | undefined {
  const { path, mistakes } = checked;
  const before = mistakes.places.length;
  let plan: RuntimePlan | undefined;
  if (!isPlainObject(runtime) || runtime.kind !== "runtime") {
    const what = `needs a runtime, such as trees("model.txt"); found ${describe(runtime)}`;
    mistakes.add("define.reference", path, what);
  } else if (runtime.of === "trees") plan = compileTrees(runtime.path, checked);
  else if (runtime.of === "process") plan = compileProcess(runtime, checked);
  else if (runtime.of === "vendor") plan = compileVendor(runtime, columns, path, mistakes);
  else plan = compileRemote(name, runtime, checked);
  return mistakes.places.length === before ? plan : undefined;
}

/** A build may be served elsewhere: what it names lies beside the configuration. */
function compileTrees(file: unknown, { path, mistakes }: Checked): RuntimePlan {
  const isBeside = isText(file) && !isAbsolute(file);
  if (!isBeside)
    mistakes.add(
      "define.reference",
      path,
      `needs a file's path from the configuration's folder; found ${describe(file)}`,
    );
  return { kind: "trees", path: isBeside ? file : "" };
}

function compileProcess({ command, options, written }: ProcessRuntimeDefinition, checked: Checked): RuntimePlan {
  const { path, mistakes } = checked;
  checkOptions("process", written, path, mistakes);
  const words: readonly unknown[] = Array.isArray(command) ? command : [];
  if (words.length === 0 || !words.every(isText))
    mistakes.add("define.reference", path, `needs a program and its words, as texts; found ${describe(command)}`);
  const { folder, env, idleStop, startTimeout, memoryMb } = options;
  const ms = (of: string, duration: Duration): number => finiteMsOf(duration, `${path}.${of}`, mistakes) ?? 0;
  return {
    kind: "process",
    command: words.filter(isText),
    folder: folder ?? ".",
    env: settingsOf(env, `${path}.env`, mistakes),
    processes: countOf(options.processes, 1, processesMax, `${path}.processes`, mistakes),
    ...(idleStop === undefined ? {} : { idleStopMs: ms("idleStop", idleStop) }),
    startTimeoutMs: ms("startTimeout", startTimeout ?? "60s"),
    ...(memoryMb === undefined ? {} : { memoryMb: countOf(memoryMb, 0, memoryMbMax, `${path}.memoryMb`, mistakes) }),
    queueMax: countOf(options.queue, 256, queueMax, `${path}.queue`, mistakes),
  };
}

function compileRemote(
  name: string,
  { url, options, written }: RemoteRuntimeDefinition,
  checked: Checked,
): RuntimePlan {
  const { path, mistakes } = checked;
  checkOptions("remote", written, path, mistakes);
  const parsed = isText(url) && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.protocol !== "http:" && parsed.protocol !== "https:"))
    mistakes.add("define.reference", `${path}.url`, `needs an address with http or https; found ${describe(url)}`);
  // What is written in an address is told in plans and logs.
  else if (parsed.username !== "" || parsed.password !== "")
    mistakes.add(
      "define.reference",
      `${path}.url`,
      'an address holds no password: send it as a header, secret("NAME")',
    );
  const { model = name, version } = options;
  return {
    kind: "remote",
    url,
    model,
    ...(version === undefined ? {} : { version }),
    headers: settingsOf(options.headers, `${path}.headers`, mistakes),
    privateNetwork: options.privateNetwork === true,
  };
}

function countOf(value: unknown, otherwise: number, max: number, path: string, mistakes: Mistakes): number {
  if (value === undefined) return otherwise;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
  mistakes.add("config.invalid", path, `a whole number from 1 to ${max}; found ${describe(value)}`);
  return otherwise;
}
