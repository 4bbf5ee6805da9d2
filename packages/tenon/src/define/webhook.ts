import { frozenList, writtenOptions } from "./frozen.ts";
import type { Secret } from "./secret.ts";
import type { SourceDefinition, WebhookDefinition } from "./source.ts";

/** What Stripe delivers. `O` is the object that the event is about. */
export interface StripeEvent<O = Readonly<Record<string, unknown>>> {
  readonly id: string;
  readonly type: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Of Connect: the connected account. */
  readonly account?: string;
  readonly data: { readonly object: O };
}

/** What Segment delivers. `P` are the properties of a track, page or screen call. */
export interface SegmentMessage<P = Readonly<Record<string, unknown>>> {
  readonly messageId: string;
  readonly type: string;
  readonly event?: string;
  readonly timestamp: string;
  readonly userId?: string | null;
  readonly anonymousId?: string | null;
  readonly properties: P;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
}

interface WebhookOptions<V, R> {
  /** The secret that deliveries are signed with. */
  readonly secret: Secret;
  /** Which deliveries become events; others are answered and counted. */
  readonly types: readonly string[];
  /** The event's columns of a delivery; its id and time are the vendor's. Pure, as every function of a configuration. */
  readonly map: (vendorEvent: V) => R;
  /** Whose event it is, where the app's tenancy is required: one tenant's name, or that which a delivery tells. */
  readonly tenant?: string | ((vendorEvent: V) => string | undefined);
}

/**
 * Takes Stripe's deliveries at `POST /webhooks/<event>`. `types` are Stripe's, such as `charge.succeeded`.
 * @example
 * const charge = event("charge", { account: c.ref(account), cents: c.integer() }, {
 *   from: stripeWebhook({
 *     secret: secret("STRIPE_WEBHOOK_SECRET"),
 *     types: ["charge.succeeded"],
 *     map: ({ data }: StripeEvent<{ customer: string; amount: number }>) => ({ account: data.object.customer, cents: data.object.amount }),
 *   }),
 * });
 */
export const stripeWebhook = <V = StripeEvent, R = unknown>(o: WebhookOptions<V, R>): SourceDefinition<R> =>
  webhook("stripeWebhook", o);

/**
 * Takes Segment's deliveries at `POST /webhooks/<event>`. `types` are the calls: `identify`, or `track:Order Completed`.
 * @example
 * const order = event("order", { account: c.ref(account), revenue: c.real() }, {
 *   from: segmentWebhook({
 *     secret: secret("SEGMENT_SECRET"),
 *     types: ["track:Order Completed"],
 *     map: ({ userId, properties }: SegmentMessage<{ revenue: number }>) => ({ account: userId ?? "", revenue: properties.revenue }),
 *   }),
 * });
 */
export const segmentWebhook = <V = SegmentMessage, R = unknown>(o: WebhookOptions<V, R>): SourceDefinition<R> =>
  webhook("segmentWebhook", o);

function webhook<V, R>(of: WebhookDefinition["of"], o: WebhookOptions<V, R>): SourceDefinition<R> {
  const definition: WebhookDefinition<R> = {
    kind: "source",
    of,
    secret: o.secret,
    types: frozenList(o.types),
    map: o.map,
    tenant: o.tenant,
    written: writtenOptions(o),
  };
  return Object.freeze(definition);
}
