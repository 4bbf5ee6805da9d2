import type { FeatureStatus } from "../../../packages/tenon/src/server/wire.ts";
import { Badge, type Tone } from "./badge.tsx";

const tones: Readonly<Record<FeatureStatus, Tone>> = {
  present: "good",
  null: "neutral",
  "not-found": "unsure",
  expired: "bad",
  incomplete: "unsure",
};

const meanings: Readonly<Record<FeatureStatus, string>> = {
  present: "Events contributed to the value.",
  null: "The window is empty, or its values are null.",
  "not-found": "No event with this key was ever seen.",
  expired: "The value is older than its ttl.",
  incomplete: "The window reaches back before the time from which the column is covered.",
};

export function StatusBadge({ status }: { readonly status: FeatureStatus }) {
  return (
    <span title={meanings[status]}>
      <Badge tone={tones[status]}>{status}</Badge>
    </span>
  );
}
