import type { ErrorComponentProps } from "@tanstack/react-router";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import "./plain-page.css";

/** A page that threw: the navigation beside it still works. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  return (
    <div className="plain-page">
      <h1>This page broke</h1>
      <ProblemNotice error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />
    </div>
  );
}
