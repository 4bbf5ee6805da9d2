import type { WebhookPlan } from "../../plan/source-plan.ts";
import { checkSegmentSignature, checkStripeSignature, type SignatureCheck } from "./delivery-signature.ts";

/** What is read of every delivery of a vendor. */
interface Vendor {
  /** In lower case, as Node has it. */
  readonly signatureHeader: string;
  readonly check: SignatureCheck;
  /** The names that `types` may list it by. */
  readonly typesOf: (delivery: Delivery) => readonly string[];
  readonly idOf: (delivery: Delivery) => unknown;
  /** As an event's time: ISO 8601, or epoch milliseconds. */
  readonly atOf: (delivery: Delivery) => unknown;
}

export type Delivery = Readonly<Record<string, unknown>>;

export const vendors: Readonly<Record<WebhookPlan["kind"], Vendor>> = {
  stripeWebhook: {
    signatureHeader: "stripe-signature",
    check: checkStripeSignature,
    typesOf: ({ type }) => [String(type)],
    idOf: ({ id }) => id,
    atOf: ({ created }) => (typeof created === "number" ? created * 1_000 : created),
  },
  segmentWebhook: {
    signatureHeader: "x-signature",
    check: checkSegmentSignature,
    typesOf: ({ type, event }) => [String(type), `${type}:${event}`],
    idOf: ({ messageId }) => messageId,
    atOf: ({ timestamp }) => timestamp,
  },
};
