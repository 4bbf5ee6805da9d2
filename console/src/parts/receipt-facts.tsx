import type { Receipt } from "../../../packages/tenon/src/server/wire.ts";
import { formatDuration } from "../format/duration.ts";
import { formatCost } from "../format/number.ts";
import { Badge } from "./badge.tsx";
import { Digest } from "./digest.tsx";
import { Facts } from "./facts.tsx";
import { Moment } from "./moment.tsx";
import { VariantBadge } from "./variant-badge.tsx";

/** Which version answered, from what state, at what cost. */
export function ReceiptFacts({ receipt }: { readonly receipt: Receipt }) {
  return (
    <Facts
      facts={[
        { name: "Model", value: <code>{receipt.model}</code> },
        {
          name: "Variant",
          value: <VariantBadge variant={receipt.variant} />,
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
        { name: "Cost", value: formatCost(receipt.costMicros) },
        { name: "Digest", value: <Digest value={receipt.digest} /> },
        { name: "Position", value: <Digest value={receipt.position} /> },
      ]}
    />
  );
}
