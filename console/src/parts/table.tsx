import type { ReactNode } from "react";
import "./table.css";

interface TableProps {
  /** What the table holds: its name for assistive technology. */
  readonly caption: string;
  readonly head: ReactNode;
  readonly testId?: string;
  readonly children: ReactNode;
}

/** A table that scrolls sideways inside its panel when it must; the page itself never does. */
export function Table({ caption, head, testId, children }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="table-scroll" tabIndex={0} aria-label={caption}>
      <table className="table" data-testid={testId}>
        <caption className="hidden-visually">{caption}</caption>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
