import type { Lineage, LineageKind, LineageNode } from "../plan/lineage.ts";
import { type Direction, neighbours, nodesNamed, withColumns } from "../plan/lineage-walk.ts";
import type { Paint } from "./paint.ts";

const kindText: Readonly<Record<LineageKind, string>> = {
  event: "event",
  table: "table",
  eventColumn: "column",
  features: "features",
  batch: "batch",
  feature: "feature",
  onDemand: "on demand",
  label: "label",
  model: "model",
  prediction: "prediction",
};

/** What a name's nodes come from and what is made of them, as trees; a branch that was shown is not shown again. */
export function lineageTree(lineage: Lineage, name: string, paint: Paint): readonly string[] {
  const named = withColumns(lineage, nodesNamed(lineage, name));
  return named.flatMap((node) => {
    const up = branches(lineage, node, "up", paint);
    const down = branches(lineage, node, "down", paint);
    return [
      `${paint("bold", node.name)}  ${kindText[node.kind]}, ${node.text}${node.owner === null ? "" : `, ${node.owner}`}`,
      ...(up.length === 0 ? [] : ["comes from", ...up]),
      ...(down.length === 0 ? [] : ["goes to", ...down]),
      "",
    ];
  });
}

function branches(lineage: Lineage, start: LineageNode, direction: Direction, paint: Paint): readonly string[] {
  const next = neighbours(lineage, direction);
  const byId = new Map(lineage.nodes.map((node) => [node.id, node]));
  const shown = new Set<string>();
  const under = (id: string, indent: string): readonly string[] => {
    const children = (next.get(id) ?? []).flatMap((to) => byId.get(to) ?? []);
    return children.flatMap((child, i) => {
      const isLast = i === children.length - 1;
      const line = `${indent}${isLast ? "└─ " : "├─ "}${kindText[child.kind]} ${paint("bold", child.name)}  ${child.text}`;
      if (shown.has(child.id))
        return (next.get(child.id) ?? []).length > 0 ? [`${line} ${paint("dim", "(see above)")}`] : [line];
      shown.add(child.id);
      return [line, ...under(child.id, `${indent}${isLast ? "   " : "│  "}`)];
    });
  };
  return under(start.id, "");
}
