import type { LineageAnswer } from "../../../packages/tenon/src/server/wire.ts";

export type LineageNode = LineageAnswer["nodes"][number];
type LineageEdge = LineageAnswer["edges"][number];

/** What stands in a layer: a definition or column, how many more there are, or an edge that goes by. */
export interface Slot {
  readonly id: string;
  readonly layer: number;
  readonly kind: "node" | "more" | "lane";
  readonly label: string;
  readonly node: LineageNode | undefined;
}

export interface DrawnEdge {
  readonly from: Slot;
  readonly to: Slot;
  /** The lanes that it takes through the layers between. */
  readonly by: readonly Slot[];
  /** How many of them are its own: in the next one an edge before it goes on. Undefined where it reaches its end. */
  readonly ownLanes: number | undefined;
  readonly roles: readonly string[];
  /** A function may read it. */
  readonly isLoose: boolean;
}

export interface LineageLayers {
  /** By layer, from events to predictions; empty ones are left out. */
  readonly layers: readonly (readonly Slot[])[];
  readonly edges: readonly DrawnEdge[];
}

const order: readonly LineageNode["kind"][] = ["eventColumn", "feature", "onDemand", "label", "model", "prediction"];
/** Nodes of one layer that are drawn; of the others, how many. */
const layerMax = 12;

/** Puts nodes in layers, each near to what it is made of. An event or a set stands for itself where its row matters. */
export function layersOf({ nodes, edges }: LineageAnswer, of: string): LineageLayers {
  const groups = groupsOf(nodes, edges);
  const slots = new Map<string, Slot>();
  const layers = groups.map((group, layer) => {
    // The node that the page is about is never among those that there is no room for.
    const sorted = group.toSorted((a, b) => Number(b.id === of) - Number(a.id === of));
    const shown = sorted.length > layerMax ? sorted.slice(0, layerMax - 1) : sorted;
    const more: Slot = {
      id: `more ${layer}`,
      layer,
      kind: "more",
      label: `and ${sorted.length - shown.length} more`,
      node: undefined,
    };
    for (const node of sorted)
      slots.set(
        node.id,
        shown.includes(node) ? { id: node.id, layer, kind: "node", label: labelOf(node), node } : more,
      );
    return [...new Set(sorted.flatMap(({ id }) => slots.get(id) ?? []))];
  });
  const drawn = edgesBetween(slots, edges);
  for (const { by } of drawn)
    for (const lane of by) if (!layers[lane.layer]?.includes(lane)) layers[lane.layer]?.push(lane);
  return { layers: nearest(layers, drawn), edges: drawn };
}

function groupsOf(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): LineageNode[][] {
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const depthOf = depthsInKind(nodes, edges);
  const firstLayers = new Map<LineageNode["kind"], number>();
  let count = 0;
  for (const kind of order) {
    firstLayers.set(kind, count);
    count += 1 + Math.max(0, ...nodes.map((node) => (node.kind === kind ? (depthOf.get(node.id) ?? 0) : 0)));
  }
  const layerOf = ({ kind, id }: LineageNode): number => {
    const first = firstLayers.get(kind);
    if (first !== undefined) return first + (depthOf.get(id) ?? 0);
    if (!linked.has(id)) return -1;
    return kind === "features" || kind === "batch" ? (firstLayers.get("feature") ?? 0) : 0;
  };
  const layers = Array.from({ length: count }, (_, layer) => layer);
  return layers.map((layer) => nodes.filter((node) => layerOf(node) === layer)).filter((group) => group.length > 0);
}

/** How many others of its kind lie before a node: features that SQL reads, columns that an event looks up. */
function depthsInKind(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): ReadonlyMap<string, number> {
  const kinds = new Map(nodes.map(({ id, kind }) => [id, kind]));
  const within = edges.filter(({ from, to }) => kinds.has(from) && kinds.get(from) === kinds.get(to));
  const depths = new Map<string, number>();
  // Nothing is made of itself: there is no circle, and each pass settles one depth.
  for (let isSettled = within.length === 0; !isSettled; ) {
    isSettled = true;
    for (const { from, to } of within) {
      const depth = 1 + (depths.get(from) ?? 0);
      if (depth <= (depths.get(to) ?? 0)) continue;
      depths.set(to, depth);
      isSettled = false;
    }
  }
  return depths;
}

/** A column's own name: its event or set stands above it. */
const labelOf = ({ of, name }: LineageNode): string => (of === null ? name : name.slice(name.indexOf(".") + 1));

/** One edge for each pair that is joined, with all that the one is for the other. */
function edgesBetween(slots: ReadonlyMap<string, Slot>, edges: readonly LineageEdge[]): readonly DrawnEdge[] {
  const pairs = new Map<string, { from: Slot; to: Slot; roles: string[] }>();
  for (const { from: a, to: b, role } of edges) {
    const [from, to] = [slots.get(a), slots.get(b)];
    if (!from || !to) continue;
    const known = pairs.get(`${from.id} ${to.id}`);
    if (!known) pairs.set(`${from.id} ${to.id}`, { from, to, roles: [role] });
    else if (!known.roles.includes(role)) known.roles.push(role);
  }
  const lanes = new Map<string, Slot>();
  return [...pairs.values()].map(({ from, to, roles }) => {
    const isLoose = roles.every((role) => role === "mayRead");
    const by = Array.from({ length: Math.max(0, to.layer - from.layer - 1) }, (_, i): Slot => {
      // Edges to one node share their way.
      const layer = from.layer + 1 + i;
      const id = `lane ${layer} ${to.id} ${isLoose}`;
      const lane = lanes.get(id) ?? { id, layer, kind: "lane", label: "", node: undefined };
      return lane;
    });
    const shared = by.findIndex(({ id }) => lanes.has(id));
    for (const lane of by) lanes.set(lane.id, lane);
    return { from, to, by, ownLanes: shared < 0 ? undefined : shared, roles, isLoose };
  });
}

const sweeps = 4;

/** Every layer in the order of the middle of what its slots are joined to, forth and back: few edges cross. */
function nearest(layers: readonly (readonly Slot[])[], edges: readonly DrawnEdge[]): readonly (readonly Slot[])[] {
  const joined = new Map<Slot, Slot[]>();
  const join = (a: Slot, b: Slot): void => void joined.set(a, [...(joined.get(a) ?? []), b]);
  for (const { from, to, by } of edges) {
    const way = [from, ...by, to];
    for (const [i, slot] of way.slice(1).entries()) {
      join(slot, way[i] ?? from);
      join(way[i] ?? from, slot);
    }
  }
  const sorted = layers.map((layer) => [...layer]);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const forth = sweep % 2 === 0;
    const turns = [...sorted.keys()];
    for (const i of forth ? turns : turns.reverse()) {
      const beside = sorted[forth ? i - 1 : i + 1];
      const layer = sorted[i];
      if (!beside || !layer) continue;
      const place = new Map(beside.map((slot, at) => [slot, (at + 0.5) / beside.length]));
      const middle = new Map(
        layer.map((slot, at) => {
          const places = (joined.get(slot) ?? []).flatMap((one) => place.get(one) ?? []);
          const own = (at + 0.5) / layer.length;
          return [slot, places.length === 0 ? own : places.reduce((sum, one) => sum + one, 0) / places.length];
        }),
      );
      layer.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
    }
  }
  return sorted;
}
