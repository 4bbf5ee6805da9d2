import { isUtf8 } from "node:buffer";
import { messageOf, TenonError } from "./error.ts";

/** Sixteen digits that begin a number: only then it may be whole and beyond 2^53. */
const longInteger = /(?:^|[^.\d])\d{16}/;
/** Texts, so that they are passed over, and the token that Python writes for what is not a number. */
const textOrNaN = /"(?:[^"\\]|\\.)*"|\bNaN\b/g;

/**
 * JSON of bytes with every whole number exact: beyond 2^53 it is a bigint. A bare `NaN`, which Python's encoders write,
 * is null.
 * @throws body.unreadable
 */
export function parseExactJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw new TenonError("body.unreadable", "the body is not UTF-8");
  try {
    return parseExact(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch (thrown) {
    throw new TenonError("body.unreadable", `the body is not JSON: ${messageOf(thrown).slice(0, 200)}`);
  }
}

function parseExact(text: string): unknown {
  try {
    return longInteger.test(text) ? JSON.parse(text, exactInteger) : JSON.parse(text);
  } catch (thrown) {
    if (!/\bNaN\b/.test(text)) throw thrown;
    return JSON.parse(
      text.replace(textOrNaN, (token) => (token === "NaN" ? "null" : token)),
      exactInteger,
    );
  }
}

/** A reviver sees the digits as they were sent. */
function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const digits = context?.source ?? "";
  if (typeof value !== "number" || Number.isSafeInteger(value) || !/^-?\d{1,400}$/.test(digits)) return value;
  return BigInt(digits);
}
