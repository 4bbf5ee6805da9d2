import { Badge } from "./badge.tsx";

/** What answers where the model that should have cannot. */
const instead: readonly string[] = ["previous", "rule", "fallback"];

/** What answered: the live version, what stood in for it, or a variant by its name. */
export function VariantBadge({ variant }: { readonly variant: string }) {
  return (
    <Badge tone={variant === "live" ? "accent" : instead.includes(variant) ? "unsure" : "neutral"}>{variant}</Badge>
  );
}
