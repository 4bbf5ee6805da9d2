import type { Lineage, LineageNode } from "../plan/lineage.ts";

/** A lineage in Mermaid's language: columns stand in a box of their event or set. */
export function mermaidGraph({ nodes, edges }: Lineage): string {
  const ids = new Map(nodes.map(({ id }, i) => [id, `n${i}`]));
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const parents = new Set(nodes.flatMap(({ of }) => (of === null ? [] : [of])));
  const line = (node: LineageNode): string => `${ids.get(node.id)}${shapeOf(node)}`;
  const boxes = nodes.filter(({ id }) => parents.has(id));
  return [
    "flowchart LR",
    ...boxes.flatMap((box) => [
      `  subgraph s${ids.get(box.id)}["${textOf(`${box.kind} ${box.name}`)}"]`,
      // A row that matters as a whole is a node beside its columns.
      ...(linked.has(box.id) ? [`    ${line(box)}`] : []),
      ...nodes.filter(({ of }) => of === box.id).map((node) => `    ${line(node)}`),
      "  end",
    ]),
    ...nodes.filter(({ id, of }) => of === null && !parents.has(id)).map((node) => `  ${line(node)}`),
    ...edges.map(({ from, to, role }) => `  ${ids.get(from)} -->|${role}| ${ids.get(to)}`),
  ].join("\n");
}

/** Quotes and backticks end a text or begin markdown in it. */
const textOf = (text: string): string => text.replaceAll('"', "#quot;").replaceAll("`", "'");

function shapeOf({ kind, name, of }: LineageNode): string {
  const text = textOf(of === null ? name : name.slice(name.indexOf(".") + 1));
  switch (kind) {
    case "prediction":
      return `(["${text}"])`;
    case "model":
      return `[["${text}"]]`;
    case "label":
      return `{{"${text}"}}`;
    default:
      return `["${text}"]`;
  }
}
