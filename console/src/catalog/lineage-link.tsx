import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { LineageNode } from "./lineage-layout.ts";

/** Leads to the page of what a node stands for; functions and labels have none. */
export function LineageLink({ node, children }: { readonly node: LineageNode; readonly children: ReactNode }) {
  const [first = "", second = ""] = node.name.split(".");
  switch (node.kind) {
    case "feature":
      return (
        <Link to="/features/$set/$column" params={{ set: first, column: second }}>
          {children}
        </Link>
      );
    case "features":
    case "batch":
    case "table":
      return (
        <Link to="/features/$set" params={{ set: first }}>
          {children}
        </Link>
      );
    case "event":
    case "eventColumn":
      return (
        <Link to="/events" search={{ event: first }}>
          {children}
        </Link>
      );
    case "model":
      return (
        <Link to="/models/$model" params={{ model: first }}>
          {children}
        </Link>
      );
    case "prediction":
      return (
        <Link to="/predictions/$prediction" params={{ prediction: first }}>
          {children}
        </Link>
      );
    default:
      return children;
  }
}
