import { messageOf, TenonError } from "../../base/error.ts";
import { suggestion } from "../../base/nearest.ts";
import { isRecord } from "../../base/record.ts";
import type { EventPlan } from "../../plan/plan.ts";
import type { WebhookPlan } from "../../plan/source-plan.ts";
import type { Ingested } from "../ingest/ingest.ts";
import type { Tenon } from "../tenon.ts";
import { onlyTenant } from "./pull-rows.ts";
import { type Delivery, vendors } from "./vendor.ts";

/** A delivery as it came. */
export interface ReceivedDelivery {
  readonly body: Uint8Array;
  /** A header by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** The body as JSON; called once the signature is known to be right. */
  readonly parse: (body: Uint8Array) => unknown;
}

/** An event that takes deliveries. */
interface Receiving {
  readonly event: EventPlan;
  readonly source: WebhookPlan;
}

/** @throws webhook.unknown with the nearest name */
export function receivingEvent(tenon: Tenon, name: string): Receiving {
  const { events } = tenon.build.app.plan;
  const receiving = events.flatMap((event) =>
    event.source === undefined || event.source.kind === "postgresQuery" ? [] : [{ event, source: event.source }],
  );
  const found = receiving.find(({ event }) => event.name === name);
  if (found !== undefined) return found;
  const hint = suggestion(
    name,
    receiving.map(({ event }) => event.name),
  );
  throw new TenonError("webhook.unknown", `no event "${name.slice(0, 100)}" takes deliveries.${hint}`);
}

/**
 * Takes a vendor's delivery as an event, or undefined where its type is none that the event takes. The signature is the
 * credential: before it is checked nothing of the body is read.
 * @throws webhook.signature, webhook.delivery, what the event's validation throws
 */
export async function receiveWebhook(
  tenon: Tenon,
  { event, source }: Receiving,
  received: ReceivedDelivery,
): Promise<Ingested | undefined> {
  const vendor = vendors[source.kind];
  const tally = tenon.sources.tally(event.name);
  const wrong = vendor.check({
    body: received.body,
    signature: received.header(vendor.signatureHeader),
    secret: tenon.sources.secret(source.secret),
    nowMs: tenon.machineNowMs(),
  });
  if (wrong !== undefined) {
    tally.count(undefined, { unsigned: 1 });
    throw new TenonError("webhook.signature", wrong);
  }
  let tenant: number | undefined;
  let id: unknown;
  try {
    const delivery = deliveryOf(received.parse(received.body));
    if (!vendor.typesOf(delivery).some((type) => source.types.includes(type))) {
      tally.count(undefined, { unhandled: 1 });
      return undefined;
    }
    id = vendor.idOf(delivery);
    tenant = await tenantOf(tenon, { event, source }, delivery);
    const row = mapped(tenon, event, delivery);
    const taken = await tenon.ingestOne(tenant, event.name, { ...row, id, at: vendor.atOf(delivery) });
    const { accepted, duplicate, conflict, late } = taken;
    tally.count(tenant, { accepted, duplicate, conflict, late });
    return taken;
  } catch (thrown) {
    // A log that is full is asked again by the vendor: it says nothing of the delivery.
    if (!(thrown instanceof TenonError) || thrown.code === "log.full") throw thrown;
    const shownId = typeof id === "string" ? id.slice(0, 100) : "";
    tally.reject({ tenant, atMs: tenon.clock.nowMs(), id: shownId, message: thrown.message });
    throw thrown;
  }
}

function deliveryOf(value: unknown): Delivery {
  if (isRecord(value)) return value;
  throw new TenonError("webhook.delivery", "a delivery is one JSON object");
}

function mapped(tenon: Tenon, event: EventPlan, delivery: Delivery): Readonly<Record<string, unknown>> {
  const row: unknown = called(() => tenon.build.app.functions.map[event.name]?.(delivery), event, "map");
  if (isRecord(row)) return { ...row };
  throw new TenonError("webhook.delivery", `the map of "${event.name}" answered no object`);
}

/** Only a tenant that there is: a delivery makes none. */
async function tenantOf(tenon: Tenon, { event, source }: Receiving, delivery: Delivery): Promise<number> {
  if (tenon.build.app.plan.app.tenancy === "none") return tenon.metadata.tenant(onlyTenant);
  const told = called(() => tenon.build.app.functions.tenantOf[event.name]?.(delivery), event, "tenant");
  const name = source.tenant ?? told;
  const tenant = typeof name === "string" ? (await tenon.metadata.tenants()).get(name) : undefined;
  if (tenant !== undefined) return tenant;
  const found = typeof name === "string" ? `the app has no tenant "${name.slice(0, 100)}"` : "it tells no tenant";
  throw new TenonError("webhook.delivery", found);
}

/** @throws webhook.delivery where a function of the configuration throws */
function called(call: () => unknown, event: EventPlan, what: string): unknown {
  try {
    return call();
  } catch (thrown) {
    const message = `the ${what} of "${event.name}" throws: ${messageOf(thrown).slice(0, 300)}`;
    throw new TenonError("webhook.delivery", message, { cause: thrown });
  }
}
