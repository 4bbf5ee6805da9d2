import { type ReactNode, useId } from "react";
import "./panel.css";

interface PanelProps {
  readonly title: string;
  /** Beside the title: what the panel is about, in a few words. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  /** Content that reaches the edges, such as tables. */
  readonly flush?: boolean;
  readonly testId?: string;
  readonly children: ReactNode;
}

export function Panel({ title, note, actions, flush = false, testId, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id} data-testid={testId}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {note && <p className="panel-note">{note}</p>}
        {actions && <div className="panel-actions">{actions}</div>}
      </header>
      <div className={flush ? "panel-body panel-flush" : "panel-body"}>{children}</div>
    </section>
  );
}
