import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { messageOf, TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { fieldOf } from "../base/record.ts";
import { RoundedNumber } from "../plan/row-validator.ts";

/**
 * The whole body, bounded.
 * @throws body.too-large, body.unreadable where the sender stopped half-way
 */
export function readBody(request: IncomingMessage, bytesMax: number = limit.bodyBytesMax): Promise<Buffer> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > bytesMax) return Promise.reject(tooLarge(declared, bytesMax));
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    let sizeBytes = 0;
    request.on("data", (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > bytesMax) {
        request.removeAllListeners("data");
        request.resume();
        reject(tooLarge(sizeBytes, bytesMax));
      } else if (first === undefined) first = chunk;
      else if (chunks === undefined) chunks = [first, chunk];
      else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(chunks)));
    request.on("error", (error) =>
      reject(new TenonError("body.unreadable", `the body ended early: ${messageOf(error)}`)),
    );
    request.on("close", () => {
      if (!request.complete) reject(new TenonError("body.unreadable", "the connection closed before the body's end"));
    });
  });
}

const tooLarge = (sizeBytes: number, bytesMax: number): TenonError =>
  new TenonError("body.too-large", `the body has ${sizeBytes} bytes or more; this address takes ${bytesMax}`);

/** Sixteen digits in a row: only then a number may lie beyond 2^53. */
const longDigits = /\d{16}/;

/**
 * A JSON value of UTF-8 bytes.
 * @throws body.unreadable
 */
export function parseJson(body: Uint8Array): unknown {
  if (!isUtf8(body)) throw new TenonError("body.unreadable", "the body is not UTF-8");
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  try {
    return longDigits.test(text) ? JSON.parse(text, refuseRounding) : JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof TenonError) throw thrown;
    throw new TenonError("body.unreadable", `the body is not JSON: ${messageOf(thrown).slice(0, 200)}`);
  }
}

/** A reviver sees the digits as they were sent. What a double would round becomes what no column takes. */
function refuseRounding(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const digits = context?.source ?? "";
  if (typeof value !== "number" || Number.isSafeInteger(value) || !/^-?\d{1,400}$/.test(digits)) return value;
  return Number.isFinite(value) && BigInt(digits) === BigInt(value) ? value : new RoundedNumber(digits);
}

/**
 * The lines of an NDJSON body as they arrive, each parsed, or the reason why it cannot be.
 * @throws body.unreadable where a line is longer than its bound
 */
export async function* readLines(request: IncomingMessage): AsyncGenerator<readonly (unknown | TenonError)[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunksOf(request)) {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(10);
    rest = bytes.subarray(end + 1);
    if (rest.length > limit.lineBytesMax)
      throw new TenonError("body.too-large", `a line is longer than ${limit.lineBytesMax} bytes`);
    if (end >= 0) yield parseLines(bytes.subarray(0, end));
  }
  if (rest.length > 0) yield parseLines(rest);
}

/** @throws body.unreadable where the sender stopped half-way */
async function* chunksOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request;
  } catch (thrown) {
    throw new TenonError("body.unreadable", `the body ended early: ${messageOf(thrown)}`);
  }
}

function parseLines(bytes: Buffer): (unknown | TenonError)[] {
  const lines: (unknown | TenonError)[] = [];
  for (let start = 0; start <= bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    if (line.length > 1 || (line.length === 1 && line[0] !== 13)) lines.push(parseLine(line));
    start = end + 1;
  }
  return lines;
}

function parseLine(line: Buffer): unknown | TenonError {
  if (line.length > limit.lineBytesMax)
    return new TenonError("body.too-large", `the line is longer than ${limit.lineBytesMax} bytes`);
  try {
    return parseJson(line);
  } catch (thrown) {
    if (thrown instanceof TenonError) return thrown;
    throw thrown;
  }
}

/** The key of a request: a bearer token, or the password of clients that know no other way. */
export function bearerOf(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization;
  if (header?.startsWith("Bearer ")) return header.slice(7);
  if (!header?.startsWith("Basic ")) return undefined;
  const text = Buffer.from(header.slice(6), "base64").toString("utf8");
  return text.slice(text.indexOf(":") + 1);
}

/** A cookie's value. */
export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  for (const part of request.headers.cookie?.split(";") ?? []) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name) return value;
  }
  return undefined;
}

/** The texts of `{"ids":["a","b"]}`; undefined for any other body. */
export function idsOf(body: unknown): readonly string[] | undefined {
  const ids = fieldOf(body, "ids");
  return Array.isArray(ids) && ids.every((id): id is string => typeof id === "string") ? ids : undefined;
}
