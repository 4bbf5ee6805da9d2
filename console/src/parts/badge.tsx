import type { ReactNode } from "react";
import "./badge.css";

export type Tone = "neutral" | "accent" | "good" | "bad" | "unsure";

const signs: Readonly<Record<Tone, string>> = { neutral: "", accent: "●", good: "✓", bad: "✕", unsure: "?" };

/** A word with a colour and, so that colour is never the only signal, a sign. */
export function Badge({ tone = "neutral", children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span className={`badge badge-${tone}`}>
      {signs[tone] && <span aria-hidden="true">{signs[tone]}</span>}
      {children}
    </span>
  );
}
