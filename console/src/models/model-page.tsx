import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { modelQuery } from "../api/queries.ts";
import { useApp } from "../frame/app-context.ts";
import { NotFound } from "../frame/not-found.tsx";
import { useStatus } from "../live/use-status.ts";
import { Loading } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { TrainingProgress } from "../parts/training-progress.tsx";
import { ChangeDialog, type LiveChange } from "./change-dialog.tsx";
import { ModelActions } from "./model-actions.tsx";
import { useNewVersion } from "./use-new-version.ts";
import "./model-page.css";
import { PretrainedModel } from "./pretrained-model.tsx";
import { TrainedModel } from "./trained-model.tsx";

const route = getRouteApi("/models/$model");

export function ModelPage() {
  const { model: name } = route.useParams();
  const definition = useApp().models.find((one) => one.name === name);
  const { data, error, refetch } = useQuery({
    ...modelQuery(name),
    enabled: definition?.source === "trained",
  });
  const run = useStatus()?.training.find((one) => one.model === name);
  const [change, setChange] = useState<LiveChange>();
  const [told, setTold] = useState("");
  useNewVersion(data, (version) => setTold(`Version ${version} is trained.`));
  if (!definition) return <NotFound />;
  const about = [
    definition.source,
    definition.task,
    `spine ${definition.spine}`,
    definition.label && `label ${definition.label}`,
    definition.owner && `owner ${definition.owner}`,
  ];
  return (
    <Page
      title={name}
      trail={<Link to="/models">Models</Link>}
      lead={about.filter(Boolean).join(" · ")}
      actions={
        data &&
        definition.source === "trained" && (
          <ModelActions
            model={data}
            training={run !== undefined}
            onTold={setTold}
            onRollback={(from, to) => setChange({ kind: "rollback", from, to })}
          />
        )
      }
    >
      <p aria-live="polite" className={told ? "told" : "hidden-visually"}>
        {told}
      </p>
      {error && !data && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {run && (
        <Panel title="In training">
          <TrainingProgress run={run} title={name} />
        </Panel>
      )}
      {definition.source === "pretrained" && <PretrainedModel model={name} />}
      {definition.source === "trained" && data && (
        <TrainedModel
          model={data}
          onPromote={(version) => setChange({ kind: "promote", from: data.live, to: version.version, version })}
        />
      )}
      {definition.source === "trained" && !data && !error && (
        <Panel title="Versions">
          <Loading lines={10} what="versions" />
        </Panel>
      )}
      {change && <ChangeDialog model={name} change={change} onTold={setTold} onClose={() => setChange(undefined)} />}
    </Page>
  );
}
