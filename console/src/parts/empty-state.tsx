import type { ReactNode } from "react";
import { Command } from "./command.tsx";
import "./empty-state.css";

interface EmptyStateProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** What to run next. */
  readonly command?: string;
}

export function EmptyState({ title, children, command }: EmptyStateProps) {
  return (
    <div className="empty-state">
      <h3>{title}</h3>
      {children && <p>{children}</p>}
      {command && <Command text={command} />}
    </div>
  );
}
