import type { Receipt } from "../../../packages/tenon/src/server/wire.ts";
import { formatDuration } from "../format/duration.ts";
import { formatCount } from "../format/number.ts";
import { Badge } from "./badge.tsx";
import { Digest } from "./digest.tsx";
import { Facts } from "./facts.tsx";
import { Moment } from "./moment.tsx";

/** Which version answered, from what state, at what cost. */
export function ReceiptFacts({ receipt }: { readonly receipt: Receipt }) {
  return (
    <Facts
      facts={[
        { name: "Model", value: <code>{receipt.model}</code> },
        {
          name: "Variant",
          value: <Badge tone={receipt.variant === "live" ? "accent" : "unsure"}>{receipt.variant}</Badge>,
        },
        { name: "At (app clock)", value: <Moment at={receipt.at} as="minute" /> },
        {
          name: "Oldest feature",
          value: receipt.featureAgeMsMax === null ? "–" : formatDuration(receipt.featureAgeMsMax),
        },
        {
          name: "Degraded",
          value: receipt.degraded.length === 0 ? "no" : <Badge tone="unsure">{receipt.degraded.join(", ")}</Badge>,
        },
        { name: "Cost", value: `${formatCount(receipt.costMicros)} micros` },
        { name: "Digest", value: <Digest value={receipt.digest} /> },
        { name: "Position", value: <Digest value={receipt.position} /> },
      ]}
    />
  );
}
