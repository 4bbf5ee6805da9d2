import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { appQuery } from "../api/queries.ts";
import { ProblemError } from "../api/request.ts";
import { AppContext } from "./app-context.ts";
import { Clock } from "./clock.tsx";
import { ConfigError } from "./config-error.tsx";
import markUrl from "./mark.svg";
import { Navigation } from "./navigation.tsx";
import "./shell.css";
import { SignedOut } from "./signed-out.tsx";
import { Starting } from "./starting.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

export function Shell() {
  const { data: app, error, refetch } = useQuery(appQuery);
  if (error instanceof ProblemError && error.problem.status === 401) return <SignedOut />;
  if (!app) return <Starting error={error} onRetry={() => void refetch()} />;
  return (
    <AppContext value={app}>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <div className="shell">
        <header className="shell-side">
          <div className="shell-bar">
            <Link to="/" className="shell-app">
              <img src={markUrl} width={28} height={28} alt="" />
              <span className="shell-names">
                <strong>{app.name}</strong>
                <span className="quiet small">
                  {app.environment}
                  {app.tenancy === "required" && <> · tenant {app.tenant}</>}
                </span>
              </span>
            </Link>
            <Navigation />
            <div className="shell-foot">
              <Clock />
              <ThemeToggle />
            </div>
          </div>
        </header>
        <main id="content" className="shell-main" tabIndex={-1}>
          <ConfigError />
          <Outlet />
        </main>
      </div>
    </AppContext>
  );
}
