import type { ReactNode } from "react";
import "./tabs.css";

/** Links to siblings of a page; the current one carries `aria-current`. */
export function Tabs({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <nav className="tabs" aria-label={label}>
      {children}
    </nav>
  );
}
