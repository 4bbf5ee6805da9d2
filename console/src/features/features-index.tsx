import { Navigate } from "@tanstack/react-router";
import { useApp } from "../frame/app-context.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Page } from "../parts/page.tsx";
import { Panel } from "../parts/panel.tsx";

/** Leads to the first set. */
export function FeaturesIndex() {
  const first = useApp().featureSets[0];
  if (first) return <Navigate to="/features/$set" params={{ set: first.name }} replace />;
  return (
    <Page title="Features">
      <Panel title="Definitions" flush>
        <EmptyState title="The app defines no features" command="npx tenon plan">
          Write a set with <code>features()</code> in tenon.config.ts and add it to <code>use</code>;{" "}
          <code>tenon plan</code> says what the change would do.
        </EmptyState>
      </Panel>
    </Page>
  );
}
