import { TenonError } from "../base/error.ts";
import { suggestion } from "../base/nearest.ts";
import type { Lineage, LineageNode } from "./lineage.ts";

/** One way along the edges: to what a value is made of, or to what is made of it. */
export type Direction = "up" | "down";

/**
 * The nodes that a name means: of a definition, of a column `set.column`, or one node by its id `model:risk`. An event
 * or a set stands for its columns too.
 * @throws definition.unknown with the nearest name
 */
export function nodesNamed(lineage: Lineage, name: string): readonly LineageNode[] {
  const found = lineage.nodes.filter((node) => node.id === name || node.name === name);
  if (found.length > 0) return found;
  const near = suggestion(name, new Set(lineage.nodes.map((node) => node.name)));
  throw new TenonError("definition.unknown", `nothing in the app is named "${name.slice(0, 100)}".${near}`);
}

/** The nodes and what they consist of. */
export const withColumns = (lineage: Lineage, nodes: readonly LineageNode[]): readonly LineageNode[] => {
  const ids = new Set(nodes.map(({ id }) => id));
  return lineage.nodes.filter(({ id, of }) => ids.has(id) || (of !== null && ids.has(of)));
};

/** The ids of all that lies in one direction, the start included. */
const reachable = (lineage: Lineage, starts: readonly string[], direction: Direction): Set<string> =>
  follow(neighbours(lineage, direction), starts);

function follow(next: ReadonlyMap<string, readonly string[]>, starts: readonly string[]): Set<string> {
  const seen = new Set(starts);
  for (const id of seen) for (const to of next.get(id) ?? []) seen.add(to);
  return seen;
}

/** By id, what is one step away. */
export function neighbours({ edges }: Lineage, direction: Direction): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const [a, b] = direction === "down" ? [from, to] : [to, from];
    const known = next.get(a);
    if (known === undefined) next.set(a, [b]);
    else if (!known.includes(b)) known.push(b);
  }
  return next;
}

/** What lies behind and before the named nodes, with their parents, so that every column has its event or set. */
export function lineageAround(lineage: Lineage, name: string): Lineage {
  const starts = withColumns(lineage, nodesNamed(lineage, name)).map(({ id }) => id);
  const ids = new Set([...reachable(lineage, starts, "up"), ...reachable(lineage, starts, "down")]);
  const parents = new Set(lineage.nodes.flatMap(({ id, of }) => (ids.has(id) && of !== null ? [of] : [])));
  return {
    nodes: lineage.nodes.filter(({ id }) => ids.has(id) || parents.has(id)),
    edges: lineage.edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
  };
}

/** Models, predictions, functions and batches that take a feature column, by name. */
export interface FeatureUsers {
  readonly batches: readonly string[];
  readonly onDemand: readonly string[];
  readonly models: readonly string[];
  readonly predictions: readonly string[];
  /** Labels whose examples end with the table's row. */
  readonly labels: readonly string[];
}

/** Tells of a node, such as a column of a set or an on-demand function, who would miss it. */
export function usersIn(lineage: Lineage): (id: string) => FeatureUsers {
  const byId = new Map(lineage.nodes.map((node) => [node.id, node]));
  const next = neighbours(lineage, "down");
  return (id) => {
    const of = byId.get(id)?.of ?? null;
    const reached = follow(next, of === null ? [id] : [id, of]);
    reached.delete(id);
    const named = (kind: LineageNode["kind"]): string[] =>
      [...reached].flatMap((one) => {
        const node = byId.get(one);
        return node?.kind === kind ? [node.name] : [];
      });
    const sets = new Set([...reached].flatMap((one) => byId.get(one)?.of ?? []));
    return {
      batches: [...sets].flatMap((one) => {
        const set = byId.get(one);
        return set?.kind === "batch" && set.id !== of ? [set.name] : [];
      }),
      onDemand: named("onDemand"),
      models: named("model"),
      predictions: named("prediction"),
      labels: named("label"),
    };
  };
}

export const isUnused = ({ onDemand, models, labels }: FeatureUsers): boolean =>
  onDemand.length + models.length + labels.length === 0;
