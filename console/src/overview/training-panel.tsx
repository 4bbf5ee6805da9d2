import { Link } from "@tanstack/react-router";
import type { StatusAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { Panel } from "../parts/panel.tsx";
import { TrainingProgress } from "../parts/training-progress.tsx";

/** Runs under way; nothing while there is none. */
export function TrainingPanel({ training }: { readonly training: StatusAnswer["training"] }) {
  if (training.length === 0) return null;
  return (
    <Panel title="In training">
      <div className="stack">
        {training.map((run) => (
          <TrainingProgress
            key={run.model}
            run={run}
            title={
              <Link to="/models/$model" params={{ model: run.model }}>
                {run.model}
              </Link>
            }
          />
        ))}
      </div>
    </Panel>
  );
}
