import { Link } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";
import type { CatalogFeature } from "../../../packages/tenon/src/server/wire.ts";
import { Badge } from "../parts/badge.tsx";

/** Models and predictions that take the feature, by way of which functions; or that nobody does. */
export function Users({ feature: { users, unused } }: { readonly feature: CatalogFeature }) {
  if (unused) return <Badge tone="unsure">unused</Badge>;
  const all: readonly ReactNode[] = [
    ...users.models.map((model) => (
      <Link key={`model ${model}`} to="/models/$model" params={{ model }}>
        {model}
      </Link>
    )),
    ...users.predictions
      .filter((prediction) => !users.models.includes(prediction))
      .map((prediction) => (
        <Link key={`prediction ${prediction}`} to="/predictions/$prediction" params={{ prediction }}>
          {prediction}
        </Link>
      )),
    ...users.batches.map((name) => (
      <span key={`batch ${name}`} className="quiet">
        batch {name}
      </span>
    )),
    ...users.onDemand.map((name) => (
      <span key={`function ${name}`} className="quiet">
        function {name}
      </span>
    )),
    ...users.labels.map((name) => (
      <span key={`label ${name}`} className="quiet">
        label {name}
      </span>
    )),
  ];
  return all.map((user, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the users are told in one order
    <Fragment key={i}>
      {i > 0 && ", "}
      {user}
    </Fragment>
  ));
}
