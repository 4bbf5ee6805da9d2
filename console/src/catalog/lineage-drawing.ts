import type { DrawnEdge, LineageLayers, Slot } from "./lineage-layout.ts";

export const nodeHeight = 44;
const gap = 12;
const laneHeight = 6;
const layerGapMin = 48;
const layerGapMax = 120;
/** Narrower than this, layers stand below each other. */
const nodeWidthMin = 120;
const nodeWidthMax = 210;
/** For the arcs beside the nodes where layers stand below each other. */
const gutter = 44;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Boxes and paths of a lineage in a width of so many pixels. */
export interface LineageDrawing {
  readonly height: number;
  readonly boxOf: (slot: Slot) => Box;
  /** Where an edge goes on in another one, it ends in that. */
  readonly pathOf: (edge: DrawnEdge) => { readonly d: string; readonly reachesEnd: boolean };
}

/** Layers side by side where they fit, else below each other with their edges as arcs beside them. */
export function drawLineage({ layers }: LineageLayers, width: number): LineageDrawing {
  const count = Math.max(1, layers.length);
  const nodeWidth = Math.min(nodeWidthMax, (width - (count - 1) * layerGapMin) / count);
  return nodeWidth >= nodeWidthMin ? besideEachOther(layers, width, nodeWidth) : belowEachOther(layers, width);
}

const heightOf = ({ kind }: Slot): number => (kind === "lane" ? laneHeight : nodeHeight);
const heightOfAll = (slots: readonly Slot[]): number => slots.reduce((sum, slot) => sum + heightOf(slot) + gap, -gap);

function besideEachOther(layers: LineageLayers["layers"], width: number, nodeWidth: number): LineageDrawing {
  const height = Math.max(nodeHeight, ...layers.map(heightOfAll));
  const free = layers.length < 2 ? 0 : (width - layers.length * nodeWidth) / (layers.length - 1);
  const boxes = new Map<Slot, Box>();
  for (const [layer, slots] of layers.entries()) {
    let y = (height - heightOfAll(slots)) / 2;
    for (const slot of slots) {
      const x = layer * (nodeWidth + Math.min(layerGapMax, free));
      boxes.set(slot, { x, y, width: nodeWidth, height: heightOf(slot) });
      y += heightOf(slot) + gap;
    }
  }
  const boxOf = (slot: Slot): Box => boxes.get(slot) ?? { x: 0, y: 0, width: 0, height: 0 };
  return {
    height,
    boxOf,
    pathOf: ({ from, to, by, ownLanes }) => {
      const whole = [from, ...by, to].map(boxOf);
      const way = ownLanes === undefined ? whole : whole.slice(0, ownLanes + 2);
      const parts = way.slice(1).map((box, i) => {
        const before = way[i] ?? box;
        const through = i < (ownLanes ?? by.length) ? ` H${box.x + box.width}` : "";
        return `${curve([before.x + before.width, middleOf(before)], [box.x, middleOf(box)])}${through}`;
      });
      const first = way[0] ?? boxOf(from);
      return {
        d: `M${first.x + first.width},${middleOf(first)} ${parts.join(" ")}`,
        reachesEnd: ownLanes === undefined,
      };
    },
  };
}

const middleOf = ({ y, height }: Box): number => y + height / 2;

function curve([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): string {
  const bend = (x2 - x1) / 2;
  return `C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}

function belowEachOther(layers: LineageLayers["layers"], width: number): LineageDrawing {
  const rows = layers.flat().filter(({ kind }) => kind !== "lane");
  const height = heightOfAll(rows);
  const boxOf = (slot: Slot): Box => ({
    x: gutter,
    y: rows.indexOf(slot) * (nodeHeight + gap),
    width: width - gutter,
    height: nodeHeight,
  });
  return {
    height,
    boxOf,
    // The further, the wider it swings.
    pathOf: ({ from, to }) => {
      const [y1, y2] = [middleOf(boxOf(from)) + 6, middleOf(boxOf(to)) - 6];
      const swing = gutter - 10 - (gutter - 4) * Math.min(1, Math.abs(y2 - y1) / Math.max(1, height));
      return { d: `M${gutter},${y1} C${swing},${y1} ${swing},${y2} ${gutter},${y2}`, reachesEnd: true };
    },
  };
}
