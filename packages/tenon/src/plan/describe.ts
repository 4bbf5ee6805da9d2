/** What was found in place of what was asked, for a message. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  if (value instanceof Date) return "a Date";
  if (typeof value !== "object") return `${typeof value} ${JSON.stringify(value) ?? String(value)}`;
  if ("definition" in value) return describe(value.definition);
  if ("kind" in value && typeof value.kind === "string") {
    return `${value.kind} ${"name" in value ? JSON.stringify(value.name) : "without a name"}`;
  }
  if ("spec" in value) return "a column";
  if ("windows" in value) return "a windowed aggregate";
  if ("over" in value) return "an aggregate without a window";
  return "an object that is no definition";
}
