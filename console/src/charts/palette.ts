export type Tone = "first" | "second" | "grid" | "axis";

const tokens: Readonly<Record<Tone, string>> = {
  first: "--accent",
  second: "--series-second",
  grid: "--line",
  axis: "--ink-quiet",
};

/** The colours of the shown theme, resolved for a canvas, which knows no custom properties. */
export function paletteOf(element: HTMLElement): Readonly<Record<Tone, string>> {
  const probe = element.appendChild(document.createElement("i"));
  const resolve = (tone: Tone) => {
    probe.style.color = `var(${tokens[tone]})`;
    return getComputedStyle(probe).color;
  };
  const palette = { first: resolve("first"), second: resolve("second"), grid: resolve("grid"), axis: resolve("axis") };
  probe.remove();
  return palette;
}
