import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { modelsQuery } from "../api/queries.ts";
import { useApp } from "../frame/app-context.ts";
import { Digest } from "../parts/digest.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Panel } from "../parts/panel.tsx";

export function PretrainedModel({ model }: { readonly model: string }) {
  const { predictions, build } = useApp();
  const { data } = useQuery(modelsQuery);
  const of = data?.models.find((one) => one.name === model);
  const served = predictions.filter((prediction) => prediction.model === model);
  return (
    <Panel title="Versions" flush>
      <EmptyState title="A pretrained model has no versions of its own">
        It is {of?.runs ?? "defined"}, as tenon.config.ts says, and live with build <Digest value={build} />. It needs
        no events and no training.{" "}
        {of?.problem && <span className="problem">It does not answer now: {of.problem}. The fallback does. </span>}
        {served.map((prediction) => (
          <Link key={prediction.name} to="/predictions/$prediction" params={{ prediction: prediction.name }}>
            Try {prediction.name}
          </Link>
        ))}
      </EmptyState>
    </Panel>
  );
}
