import { createHmac, timingSafeEqual } from "node:crypto";
import { limit } from "../../base/limit.ts";

/** What a delivery is checked with. */
export interface SignedDelivery {
  readonly body: Uint8Array;
  /** The header that carries the signature. */
  readonly signature: string | undefined;
  readonly secret: string;
  readonly nowMs: number;
}

/** Why a delivery is not the vendor's, or undefined where it is. */
export type SignatureCheck = (delivery: SignedDelivery) => string | undefined;

/**
 * `t=1492774577,v1=5257a8…,v1=…`: the time in seconds, and HMAC-SHA256 of `<t>.<body>` in hex. There are several while a
 * secret is rolled over.
 * @source Stripe, "Verify webhook signatures manually"
 */
export const checkStripeSignature: SignatureCheck = ({ body, signature, secret, nowMs }) => {
  const parts = (signature ?? "").split(",").map((part) => part.trim().split("=", 2));
  const time = parts.find(([name]) => name === "t")?.[1] ?? "";
  if (!/^\d{1,12}$/.test(time)) return "Stripe-Signature tells no time";
  if (Math.abs(nowMs - Number(time) * 1_000) > limit.webhookAgeMsMax)
    return `it was signed at ${new Date(Number(time) * 1_000).toISOString()}: too long ago, or the clock here is wrong`;
  const expected = timedHmac(time, body, secret);
  const isSigned = parts.some(([name, value]) => name === "v1" && isSame(value ?? "", expected));
  return isSigned ? undefined : "no v1 of Stripe-Signature is of this secret and this body";
};

const timedHmac = (time: string, body: string | Uint8Array, secret: string): string =>
  createHmac("sha256", secret).update(`${time}.`).update(body).digest("hex");

/** Signs a delivery of this app's, in the same scheme. */
export function deliverySignature(o: {
  readonly body: string;
  readonly secret: string;
  readonly nowMs: number;
}): string {
  const time = String(Math.floor(o.nowMs / 1_000));
  return `t=${time},v1=${timedHmac(time, o.body, o.secret)}`;
}

/**
 * HMAC-SHA1 of the body, in hex.
 * @source Segment, "Webhooks destination: authentication"
 */
export const checkSegmentSignature: SignatureCheck = ({ body, signature, secret }) => {
  const expected = createHmac("sha1", secret).update(body).digest("hex");
  return isSame(signature ?? "", expected) ? undefined : "X-Signature is not of this secret and this body";
};

/** In a time that tells nothing of where two texts differ. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given.toLowerCase()), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
