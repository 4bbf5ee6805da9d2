import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { deflate, gunzip, gzip, inflate } from "node:zlib";
import { messageOf, TenonError } from "../../base/error.ts";
import { parseExactJson } from "../../base/exact-json.ts";
import { readBody } from "../http-request.ts";
import type { TenonResponse } from "../http-response.ts";

const inflaters = { gzip: promisify(gunzip), deflate: promisify(inflate) };
const deflaters = { gzip: promisify(gzip), deflate: promisify(deflate) };
/** Smaller answers gain nothing by it. */
const compressedBytesMin = 1_024;

type Coding = keyof typeof inflaters;
const isCoding = (name: string): name is Coding => Object.hasOwn(inflaters, name);

/**
 * A body that may be compressed; bounded before it is inflated and after.
 * @throws body.too-large, body.unreadable
 */
export async function readCompressedBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const body = await readBody(request, bytesMax);
  const coding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (coding === "identity" || coding === "") return body;
  if (!isCoding(coding))
    throw new TenonError(
      "body.unreadable",
      `the body is encoded as "${coding.slice(0, 40)}"; send gzip, deflate or none`,
    );
  try {
    return await inflaters[coding](body, { maxOutputLength: bytesMax });
  } catch (thrown) {
    if (thrown instanceof RangeError)
      throw new TenonError("body.too-large", `the body has more than ${bytesMax} bytes once it is inflated`);
    throw new TenonError("body.unreadable", `the body is no ${coding}: ${messageOf(thrown)}`);
  }
}

/** A body of JSON that may be compressed. @throws body.too-large, body.unreadable */
export const readExactBody = async (request: IncomingMessage, bytesMax: number): Promise<unknown> =>
  parseExactJson(await readCompressedBody(request, bytesMax));

/** Answers bytes, compressed where the caller takes it and it gains something. */
export async function sendBytes(
  request: IncomingMessage,
  response: TenonResponse,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const coding = body.length < compressedBytesMin ? undefined : accepted(request.headers["accept-encoding"]);
  const sent = coding === undefined ? body : await deflaters[coding](body);
  response.writeHead(200, {
    ...headers,
    "content-length": sent.length,
    ...(coding === undefined ? {} : { "content-encoding": coding }),
    "x-request-id": response.requestId,
    "cache-control": "no-store",
  });
  response.end(sent);
}

/** The first coding of the header that is known here; `;q=0` refuses one. */
function accepted(header: string | string[] | undefined): Coding | undefined {
  for (const part of String(header ?? "").split(",")) {
    const [name = "", ...parameters] = part.split(";").map((one) => one.trim().toLowerCase());
    if (isCoding(name) && !parameters.some((one) => /^q=0(\.0*)?$/.test(one))) return name;
  }
  return undefined;
}
