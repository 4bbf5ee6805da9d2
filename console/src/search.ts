/** A query string as it was typed: anything may stand in it. */
export type RawSearch = Readonly<Record<string, unknown>>;

/** The text under a name; a key such as `123` arrives as a number. Anything else is left out. */
export function optionalText<const N extends string>(raw: RawSearch, name: N): { [K in N]?: string | undefined };
export function optionalText(raw: RawSearch, name: string): Record<string, string> {
  const value = raw[name];
  return typeof value === "string" || typeof value === "number" ? { [name]: String(value) } : {};
}

/** The positive integer under a name. */
export function optionalNumber<const N extends string>(raw: RawSearch, name: N): { [K in N]?: number | undefined };
export function optionalNumber(raw: RawSearch, name: string): Record<string, number> {
  const value = raw[name];
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? { [name]: value } : {};
}

/** True where the name says so. */
export function optionalFlag<const N extends string>(raw: RawSearch, name: N): { [K in N]?: true | undefined };
export function optionalFlag(raw: RawSearch, name: string): Record<string, true> {
  return raw[name] === true ? { [name]: true } : {};
}
