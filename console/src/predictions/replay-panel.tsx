import type { Json, LoggedPrediction } from "../../../packages/tenon/src/server/wire.ts";
import { useReplay } from "../api/actions.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";

interface ReplayPanelProps {
  readonly id: string;
  readonly original: Readonly<Record<string, Json>>;
}

/** Makes the prediction again from the past, at its own time and position, and compares to the last bit. */
export function ReplayPanel({ id, original }: ReplayPanelProps) {
  const replay = useReplay(id);
  const outcome = replay.data?.replay;
  return (
    <Panel
      title="Replay"
      note="at its own time and log position"
      actions={
        <Button look="small" busy={replay.isPending} onClick={() => replay.mutate()}>
          {replay.isPending ? "Replaying…" : "Replay"}
        </Button>
      }
    >
      <div aria-live="polite">
        {replay.error && <ProblemNotice error={replay.error} />}
        {outcome && <Outcome outcome={outcome} original={original} />}
        {!outcome && !replay.error && (
          <p className="quiet">
            Makes the prediction again from the log, with the model version of its receipt. The same bits are expected.
          </p>
        )}
      </div>
    </Panel>
  );
}

interface OutcomeProps {
  readonly outcome: NonNullable<LoggedPrediction["replay"]>;
  readonly original: Readonly<Record<string, Json>>;
}

function Outcome({ outcome, original }: OutcomeProps) {
  return (
    <div className="stack">
      <p>
        <Badge tone={outcome.same ? "good" : "bad"}>{outcome.same ? "same to the last bit" : "different"}</Badge>
      </p>
      <ul>
        {Object.entries(outcome.output).map(([name, value]) => (
          <li key={name}>
            <code>
              {name}: {JSON.stringify(original[name] ?? null)} → {JSON.stringify(value)}
            </code>
          </li>
        ))}
      </ul>
      {outcome.differences.length > 0 && (
        <div>
          <h3>What differs</h3>
          <ul>
            {outcome.differences.map((difference) => (
              <li key={difference}>
                <code>{difference}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
