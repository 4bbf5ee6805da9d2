import { limit } from "../base/limit.ts";
import { formatPosition } from "../base/position.ts";
import type { Ingested } from "../service/ingest/ingest.ts";
import { receiveWebhook, receivingEvent } from "../service/source/receive-webhook.ts";
import { parseJson, readBody } from "./http-request.ts";
import { sendJson } from "./http-response.ts";
import type { Call, Route } from "./route.ts";
import type { DeliveryAnswer } from "./wire.ts";

export const webhooksRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/webhooks/:event",
    scope: "none",
    summary: "Takes a vendor's delivery; its signature is the credential",
    handle: takeDelivery,
  },
];

/** A vendor sends again what is not answered with 2xx: what it has no part in is answered well. */
async function takeDelivery({ tenon, request, response, parameters }: Call): Promise<void> {
  const receiving = receivingEvent(tenon, parameters.event ?? "");
  const body = await readBody(request, limit.webhookBytesMax);
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return typeof value === "string" ? value : undefined;
  };
  const taken = await receiveWebhook(tenon, receiving, { body, header, parse: parseJson });
  sendJson(response, 200, answerTo(taken));
}

function answerTo(taken: Ingested | undefined): DeliveryAnswer {
  if (taken === undefined) return { handled: false };
  const { accepted, duplicate, late, lastSeq } = taken;
  return { handled: true, accepted, duplicate, late, position: formatPosition(lastSeq) };
}
