import type { Mistakes } from "./mistakes.ts";

const namePattern = /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/;
/** Names that every object has: as keys of rows they would be found where nothing was put. */
const prototypeNames: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));
/** What every event carries, and with it every row; an imported one also when it was received. */
export const envelopeNames: readonly string[] = ["id", "at", "receivedAt"];

/** Whether the name can be used; adds a mistake otherwise. */
export function checkName(name: unknown, path: string, mistakes: Mistakes): boolean {
  const isUsable = typeof name === "string" && namePattern.test(name) && !prototypeNames.has(name);
  if (isUsable) return true;
  const why =
    typeof name === "string" && prototypeNames.has(name)
      ? "every JavaScript object has a property of that name; choose another"
      : "use letters, digits and underscores, at most 63, starting with a letter";
  mistakes.add("define.name", path, `${JSON.stringify(name) ?? String(name)} is no name: ${why}`);
  return false;
}

/** Whether the keys of an object were written as they are: `{ __proto__: … }` sets the prototype and no key. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
