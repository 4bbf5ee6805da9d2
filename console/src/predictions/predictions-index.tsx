import { Navigate } from "@tanstack/react-router";
import { useApp } from "../frame/app-context.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Page } from "../parts/page.tsx";
import { Panel } from "../parts/panel.tsx";

/** Leads to the first prediction. */
export function PredictionsIndex() {
  const first = useApp().predictions[0];
  if (first) return <Navigate to="/predictions/$prediction" params={{ prediction: first.name }} replace />;
  return (
    <Page title="Predictions">
      <Panel title="Make a prediction" flush>
        <EmptyState title="The app defines no prediction" command="npx tenon init">
          Write one with <code>prediction()</code> in tenon.config.ts and add it to <code>use</code>; a new app of{" "}
          <code>tenon init</code> has an example.
        </EmptyState>
      </Panel>
    </Page>
  );
}
