import { Link } from "@tanstack/react-router";
import { useApp } from "../frame/app-context.ts";
import { Digest } from "../parts/digest.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Panel } from "../parts/panel.tsx";

export function PretrainedModel({ model }: { readonly model: string }) {
  const { predictions, build } = useApp();
  const served = predictions.filter((prediction) => prediction.model === model);
  return (
    <Panel title="Versions" flush>
      <EmptyState title="A pretrained model has no versions of its own">
        Its code stands in tenon.config.ts and is live with build <Digest value={build} />. It needs no events and no
        training.{" "}
        {served.map((prediction) => (
          <Link key={prediction.name} to="/predictions/$prediction" params={{ prediction: prediction.name }}>
            Try {prediction.name}
          </Link>
        ))}
      </EmptyState>
    </Panel>
  );
}
