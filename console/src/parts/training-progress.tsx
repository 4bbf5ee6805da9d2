import type { ReactNode } from "react";
import type { StatusAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { Progress } from "./progress.tsx";
import "./training-progress.css";

interface TrainingProgressProps {
  readonly run: StatusAnswer["training"][number];
  readonly title: ReactNode;
}

export function TrainingProgress({ run, title }: TrainingProgressProps) {
  return (
    <div className="training">
      <p>
        <strong>{title}</strong> · {run.step}
      </p>
      <p className="quiet small">{run.detail}</p>
      <Progress label={`Training of ${run.model}: ${run.step}`} done={run.done} />
    </div>
  );
}
