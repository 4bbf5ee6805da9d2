/** Sixteen digits that begin a number: only then it may be whole and beyond 2^53. */
const longInteger = /(?:^|[^.\d])\d{16}/;
/** Texts, so that they are passed over, and the token that Python writes for what is not a number. */
const textOrNaN = /"(?:[^"\\]|\\.)*"|\bNaN\b/g;

/**
 * JSON with every whole number exact: beyond 2^53 it is a bigint. A bare `NaN`, which Python's encoders write, is null.
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
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
