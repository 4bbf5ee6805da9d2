import { Link } from "@tanstack/react-router";
import type { ModelsAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { useApp } from "../frame/app-context.ts";
import { useStatus } from "../live/use-status.ts";
import { Badge } from "../parts/badge.tsx";
import { Table } from "../parts/table.tsx";
import { liveFigure } from "./live-figure.ts";

export function ModelList({ models }: Pick<ModelsAnswer, "models">) {
  const app = useApp();
  const quality = useStatus()?.quality ?? [];
  return (
    <Table
      caption="Models"
      head={
        <>
          <th scope="col">Model</th>
          <th scope="col">Source</th>
          <th scope="col">Live</th>
          <th scope="col" className="number">
            Versions
          </th>
          <th scope="col">Live quality</th>
          <th scope="col">Spine</th>
          <th scope="col">Owner</th>
        </>
      }
    >
      {models.map((model) => {
        const definition = app.models.find((one) => one.name === model.name);
        return (
          <tr key={model.name}>
            <th scope="row">
              <Link to="/models/$model" params={{ model: model.name }}>
                {model.name}
              </Link>
            </th>
            <td className="one-line">{model.runs === null ? `${model.source} · ${definition?.task}` : model.runs}</td>
            <td className="one-line">
              <LiveCell model={model} />
            </td>
            <td className="number">{model.source === "trained" ? model.versions : "–"}</td>
            <td className="one-line">{liveFigure(quality.find((one) => one.model === model.name && one.live))}</td>
            <td>{model.source === "trained" ? definition?.spine : "–"}</td>
            <td className="quiet">{definition?.owner ?? "–"}</td>
          </tr>
        );
      })}
    </Table>
  );
}

function LiveCell({ model }: { readonly model: ModelsAnswer["models"][number] }) {
  if (model.problem !== null)
    return (
      <span title={model.problem}>
        <Badge tone="bad">does not answer</Badge>
      </span>
    );
  if (model.source === "pretrained") return <Badge tone="accent">always live</Badge>;
  return (
    <>
      {model.live === null ? <Badge tone="unsure">none</Badge> : <Badge tone="accent">version {model.live}</Badge>}{" "}
      {model.training && <Badge>in training</Badge>}
    </>
  );
}
