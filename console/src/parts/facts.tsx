import type { ReactNode } from "react";
import "./facts.css";

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

/** Names with values, in as many columns as fit. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(({ name, value }) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
