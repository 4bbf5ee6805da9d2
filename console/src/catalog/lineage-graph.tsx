import { useEffect, useId, useRef, useState } from "react";
import type { LineageAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { type Box, drawLineage, type LineageDrawing } from "./lineage-drawing.ts";
import { type DrawnEdge, type LineageNode, layersOf, type Slot } from "./lineage-layout.ts";
import { LineageLink } from "./lineage-link.tsx";
import "./lineage-graph.css";

const roleTexts: Readonly<Record<string, string>> = { mayRead: "may be read", while: "bounds it", serves: "serves it" };
const rolesOf = ({ roles }: DrawnEdge): string => roles.map((role) => roleTexts[role] ?? role).join(", ");
const nameOf = ({ node, label }: Slot): string => node?.name ?? label;

/** Where values come from and go to, drawn to the width that there is. */
export function LineageGraph({ lineage, of }: { readonly lineage: LineageAnswer; readonly of: string }) {
  const box = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  const arrow = useId();
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const layers = layersOf(lineage, of);
  const drawing = drawLineage(layers, width);
  return (
    <figure ref={box} className="lineage">
      {width > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: an image would hide the links in it, and a drawing is no form
        <svg width={width} height={drawing.height} role="group" aria-label={`Lineage of ${of}`}>
          <marker id={arrow} viewBox="0 0 8 8" refX={7} refY={4} markerWidth={7} markerHeight={7} orient="auto">
            <path className="lineage-arrow" d="M0,0.5 L7.5,4 L0,7.5 Z" />
          </marker>
          {layers.edges.map((edge) => (
            <EdgePath key={`${edge.from.id} ${edge.to.id}`} edge={edge} drawing={drawing} arrow={arrow} />
          ))}
          {layers.layers
            .flat()
            .flatMap((slot) =>
              slot.kind === "lane"
                ? []
                : [<NodeBox key={slot.id} slot={slot} box={drawing.boxOf(slot)} isOwn={slot.id === of} />],
            )}
        </svg>
      )}
      <figcaption className="quiet small">
        Solid: it is read. Dashed: a function may read it; what it looks at, it alone knows.
      </figcaption>
      <details>
        <summary>As a list</summary>
        <ol className="small">
          {layers.edges.map((edge) => (
            <li key={`${edge.from.id} ${edge.to.id}`}>
              {nameOf(edge.from)} → {nameOf(edge.to)}: {rolesOf(edge)}
            </li>
          ))}
        </ol>
      </details>
    </figure>
  );
}

interface EdgePathProps {
  readonly edge: DrawnEdge;
  readonly drawing: LineageDrawing;
  /** The marker's id. */
  readonly arrow: string;
}

function EdgePath({ edge, drawing, arrow }: EdgePathProps) {
  const { d, reachesEnd } = drawing.pathOf(edge);
  return (
    <path
      className={edge.isLoose ? "lineage-edge lineage-edge-loose" : "lineage-edge"}
      d={d}
      markerEnd={reachesEnd ? `url(#${arrow})` : undefined}
    >
      <title>
        {nameOf(edge.from)} → {nameOf(edge.to)}: {rolesOf(edge)}
      </title>
    </path>
  );
}

interface NodeBoxProps {
  readonly slot: Slot;
  readonly box: Box;
  readonly isOwn: boolean;
}

function NodeBox({ slot: { node, label }, box: { x, y, width, height }, isOwn }: NodeBoxProps) {
  const drawn = (
    <g transform={`translate(${x} ${y})`} className={isOwn ? "lineage-node lineage-node-own" : "lineage-node"}>
      <title>{node ? `${node.name}: ${node.text}${node.owner ? `, owner ${node.owner}` : ""}` : label}</title>
      <rect width={width} height={height} rx={6} />
      <text x={10} y={18} className="lineage-kind">
        {node ? fitted(kindText(node), (width - 20) / smallLetterPx) : ""}
      </text>
      <text x={10} y={34}>
        {fitted(label, (width - 20) / letterPx)}
      </text>
    </g>
  );
  return node ? <LineageLink node={node}>{drawn}</LineageLink> : drawn;
}

function kindText({ kind, name }: LineageNode): string {
  const [of = ""] = name.split(".");
  if (kind === "eventColumn") return `column of ${of}`;
  if (kind === "feature") return `feature of ${of}`;
  return kind === "onDemand" ? "on-demand function" : kind === "features" ? "feature set" : kind;
}

/** Widths of a letter in the widest of the console's fonts. */
const letterPx = 8.6;
const smallLetterPx = 6.6;

const fitted = (text: string, lettersMax: number): string =>
  text.length <= lettersMax ? text : `${text.slice(0, Math.max(1, Math.floor(lettersMax) - 1))}…`;
