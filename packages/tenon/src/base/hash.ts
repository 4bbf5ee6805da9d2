import { hash } from "node:crypto";

/** The SHA-256 of text or bytes, in lower-case hex. */
export const sha256 = (data: string | Uint8Array): string => hash("sha256", data, "hex");

/** The same text for equal values whatever the order of their keys: what fingerprints are taken of. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
    return `{${entries.join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) return JSON.stringify(String(value));
  return JSON.stringify(value) ?? "null";
}

/** A short content address of a value: 16 hex digits of the SHA-256 of its canonical JSON. */
export const fingerprint = (value: unknown): string => sha256(canonicalJson(value)).slice(0, 16);

/** FNV-1a over the UTF-16 units of a text, 32 bits: for sharding and sampling, never for identity. */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let state = seed >>> 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    state = Math.imul(state ^ (unit & 0xff), 0x01000193);
    if (unit > 0xff) state = Math.imul(state ^ (unit >>> 8), 0x01000193);
  }
  state ^= state >>> 16;
  state = Math.imul(state, 0x85ebca6b);
  state ^= state >>> 13;
  return state >>> 0;
}

/** 53 bits of a text's hash as a whole number: the odds that two of a thousand texts share one are 1 in 10^10. */
export const hash53 = (text: string): number => hash32(text) * 2 ** 21 + (hash32(text, 0x9747b28c) >>> 11);
