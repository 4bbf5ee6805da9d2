import { sha256 } from "../base/hash.ts";
import type { SourceOf } from "./compiling.ts";
import type { PlanFunctions } from "./plan.ts";

/**
 * What stands for a function in a fingerprint:
 *
 * 1. its own source in canonical form: without comments, formatting and the names of its own variables;
 * 2. where it uses a name from outside itself (a helper, a constant, an import, a variable of the function that made
 *    it), also the hash of all of the team's code in the bundle, without comments and formatting. Which of that code it
 *    reaches is not known for certain, so any change of it counts: too much is learned anew, never too little.
 *
 * Names of the language itself (`Math`, `Date`) are not from outside, unless the team's code binds them anew.
 */
export interface CanonicalSource {
  readonly text: string;
  /** Names that the function takes from outside itself, the language's own among them. */
  readonly free: readonly string[];
}

/** Names whose meaning the language fixes. */
const languageNames: ReadonlySet<string> = new Set(
  (
    "undefined NaN Infinity Math Number String Boolean Object Array JSON Date Map Set WeakMap WeakSet Symbol BigInt RegExp " +
    "Error TypeError RangeError Intl Promise Iterator parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent " +
    "URL URLSearchParams TextEncoder TextDecoder structuredClone Int8Array Uint8Array Int16Array Uint16Array Int32Array " +
    "Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array ArrayBuffer DataView"
  ).split(" "),
);

/** What `closureSources` needs of the bundler. */
export interface SourceReader {
  /** The canonical source, or undefined where the function's text is not its source: a bound or a native function. */
  canonical(source: string): Promise<CanonicalSource | undefined>;
  /** The names of the list that the team's code binds anew. */
  rebound(names: readonly string[]): Promise<ReadonlySet<string>>;
  readonly userCode: string;
}

/** One function of a build: where it belongs and what stands for it in fingerprints. */
export interface ClosureSource {
  readonly kind: keyof PlanFunctions;
  readonly name: string;
  readonly fingerprint: string;
}

/** The functions of an app with what stands for them, in a fixed order. */
export async function closureSources(
  functions: PlanFunctions,
  reader: SourceReader,
): Promise<readonly ClosureSource[]> {
  const rebound = await reader.rebound([...languageNames]);
  const isOuter = (name: string): boolean => !languageNames.has(name) || rebound.has(name);
  const closures: ClosureSource[] = [];
  for (const kind of ["code", "compute", "rule", "decide", "map", "tenantOf"] as const) {
    for (const [name, closure] of Object.entries(functions[kind]).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const source = await reader.canonical(String(closure));
      const isAlone = source !== undefined && !source.free.some(isOuter);
      const outside = isAlone ? "" : reader.userCode;
      closures.push({ kind, name, fingerprint: sha256(JSON.stringify([source?.text ?? String(closure), outside])) });
    }
  }
  return closures;
}

/** Answers a function's fingerprint from those of a build. */
export function sourceOfClosures(functions: PlanFunctions, closures: readonly ClosureSource[]): SourceOf {
  const known = new Map<unknown, string>(
    closures.map(({ kind, name, fingerprint }) => [functions[kind][name], fingerprint]),
  );
  return (closure) => known.get(closure) ?? String(closure);
}
