import type { ModelVersion } from "../../../packages/tenon/src/server/wire.ts";
import { usePromote, useRollback } from "../api/actions.ts";
import { useApp } from "../frame/app-context.ts";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { GateLine } from "./gate-line.tsx";

/** A flip of the live version that waits to be confirmed. */
export type LiveChange =
  | { readonly kind: "promote"; readonly from: number | null; readonly to: number; readonly version: ModelVersion }
  | { readonly kind: "rollback"; readonly from: number; readonly to: number };

interface ChangeDialogProps {
  readonly model: string;
  readonly change: LiveChange;
  readonly onTold: (what: string) => void;
  readonly onClose: () => void;
}

/** Says what a promotion or a roll back will do, and does it. */
export function ChangeDialog({ model, change, onTold, onClose }: ChangeDialogProps) {
  const promote = usePromote(model);
  const rollback = useRollback(model);
  const action = change.kind === "promote" ? promote : rollback;
  const after = {
    onSuccess: () => {
      onTold(`Version ${change.to} of ${model} is live.`);
      onClose();
    },
  };
  const confirm = () =>
    change.kind === "promote" ? promote.mutate(change.to, after) : rollback.mutate(undefined, after);
  const title = change.kind === "promote" ? `Promote version ${change.to}?` : `Roll back to version ${change.to}?`;
  return (
    <ConfirmDialog
      title={title}
      confirm={change.kind === "promote" ? `Promote version ${change.to}` : `Roll back to version ${change.to}`}
      busy={action.isPending}
      error={action.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Consequences model={model} change={change} />
      {change.kind === "promote" && !change.version.promotable && <Warning version={change.version} />}
    </ConfirmDialog>
  );
}

function Consequences({ model, change }: { readonly model: string; readonly change: LiveChange }) {
  const served = useApp().predictions.filter((prediction) => prediction.model === model);
  const names = served.map((prediction) => prediction.name).join(" and ");
  const answer = served.length === 1 ? "answers" : "answer";
  return (
    <ul>
      <li>
        From the next request on, {names ? <code>{names}</code> : "its predictions"} {answer} with version {change.to}
        {change.from === null ? "; until now the fallback was given." : ` instead of version ${change.from}.`}
      </li>
      <li>Requests under way end on the version they began with; none fails.</li>
      {change.from !== null && <li>Version {change.from} is kept and can go live again.</li>}
      <li>The change is recorded with its time.</li>
    </ul>
  );
}

function Warning({ version }: { readonly version: ModelVersion }) {
  return (
    <>
      <p>
        <strong>Not all gates pass, so the server will refuse:</strong>
      </p>
      <ul>
        {version.gates
          .filter((gate) => gate.outcome !== "pass")
          .map((gate) => (
            <li key={gate.metric}>
              <GateLine gate={gate} />
            </li>
          ))}
      </ul>
    </>
  );
}
