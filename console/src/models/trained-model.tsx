import { getRouteApi } from "@tanstack/react-router";
import type { ModelAnswer, ModelVersion } from "../../../packages/tenon/src/server/wire.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Panel } from "../parts/panel.tsx";
import { QualityTable } from "../parts/quality-table.tsx";
import { VersionDetail } from "./version-detail.tsx";
import { VersionTable } from "./version-table.tsx";

const route = getRouteApi("/models/$model");

interface TrainedModelProps {
  readonly model: ModelAnswer;
  readonly onPromote: (version: ModelVersion) => void;
}

export function TrainedModel({ model, onPromote }: TrainedModelProps) {
  const { version } = route.useSearch();
  const { versions, live, quality } = model;
  const shown =
    versions.find((one) => one.version === version) ?? versions.find((one) => one.version === live) ?? versions[0];
  return (
    <>
      <Panel title="Versions" note="newest first" flush>
        {shown ? (
          <VersionTable versions={versions} shown={shown.version} onPromote={onPromote} />
        ) : (
          <EmptyState title="No version has been trained" command={`npx tenon train ${model.name}`}>
            Until one is live, predictions answer with the fallback and say so. Train here with the button above, or
            from a terminal:
          </EmptyState>
        )}
      </Panel>
      {quality.length > 0 && (
        <Panel title="Live quality by version" note="over predictions whose label is mature" flush>
          <QualityTable quality={quality} nameOf={(one) => <code>{one.prediction}</code>} />
        </Panel>
      )}
      {shown && <VersionDetail key={shown.version} version={shown} quality={quality} />}
    </>
  );
}
