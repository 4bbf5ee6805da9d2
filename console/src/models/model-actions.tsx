import type { ModelAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { useTrain } from "../api/actions.ts";
import { Button } from "../parts/button.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";

interface ModelActionsProps {
  readonly model: ModelAnswer;
  readonly training: boolean;
  readonly onTold: (what: string) => void;
  readonly onRollback: (from: number, to: number) => void;
}

export function ModelActions({ model, training, onTold, onRollback }: ModelActionsProps) {
  const train = useTrain(model.name);
  const { live, previous } = model;
  const start = () => train.mutate(undefined, { onSuccess: ({ run }) => onTold(`Training has begun (${run}).`) });
  return (
    <>
      <Button
        testId="model-rollback"
        disabled={live === null || previous === null}
        title={previous === null ? "There is no earlier live version to go back to." : undefined}
        onClick={() => live !== null && previous !== null && onRollback(live, previous)}
      >
        {previous === null ? "Roll back" : `Roll back to version ${previous}`}
      </Button>
      <Button look="primary" busy={train.isPending || training} onClick={start}>
        {training ? "Training…" : "Train a version"}
      </Button>
      {train.error && <ProblemNotice error={train.error} />}
    </>
  );
}
