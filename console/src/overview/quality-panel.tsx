import { Link } from "@tanstack/react-router";
import type { LiveQuality } from "../../../packages/tenon/src/server/wire.ts";
import { useApp } from "../frame/app-context.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Panel } from "../parts/panel.tsx";
import { QualityTable } from "../parts/quality-table.tsx";

/** How good predictions turned out to be, version by version, as their labels come in. */
export function QualityPanel({ quality }: { readonly quality: readonly LiveQuality[] }) {
  const { models } = useApp();
  const trained = models.find((model) => model.source === "trained");
  return (
    <Panel title="Live quality" note="over predictions whose label is mature" flush testId="live-quality">
      {quality.length > 0 ? (
        <QualityTable
          quality={quality}
          nameOf={(one) => (
            <Link to="/predictions/$prediction" params={{ prediction: one.prediction }}>
              {one.prediction}
            </Link>
          )}
        />
      ) : trained ? (
        <EmptyState title="No label has matured yet" command={`npx tenon train ${trained.name}`}>
          Train a version and make predictions: their quality appears here as labels come in.
        </EmptyState>
      ) : (
        <EmptyState title="Nothing to measure">
          No model of this app learns from labels. Add one with <code>model()</code> and <code>label()</code> to
          tenon.config.ts.
        </EmptyState>
      )}
    </Panel>
  );
}
