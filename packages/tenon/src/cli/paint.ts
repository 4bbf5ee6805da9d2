import { styleText } from "node:util";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Colour on a terminal alone, and not where NO_COLOR asks for none. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  const isColoured = stream.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
  return isColoured ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}
