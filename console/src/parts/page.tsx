import { type ReactNode, useEffect, useRef } from "react";
import { useApp } from "../frame/app-context.ts";
import "./page.css";

interface PageProps {
  readonly title: string;
  /** Above the title: the way back. */
  readonly trail?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

// The first page leaves the focus to the browser; later ones move it to their title, so that it is read out.
let firstPageShown = false;

export function Page({ title, trail, lead, actions, children }: PageProps) {
  const app = useApp();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${app.name} · Tenon`;
  }, [title, app.name]);
  useEffect(() => {
    if (firstPageShown) heading.current?.focus({ preventScroll: true });
    firstPageShown = true;
  }, []);
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-titles">
          {trail && (
            <nav className="page-trail" aria-label="Breadcrumb">
              {trail}
            </nav>
          )}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className="page-lead">{lead}</p>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      <div className="stack">{children}</div>
    </div>
  );
}
