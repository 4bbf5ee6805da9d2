import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { Button } from "./button.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import "./confirm-dialog.css";

interface ConfirmDialogProps {
  readonly title: string;
  /** What will happen, and what will not. */
  readonly children: ReactNode;
  readonly confirm: string;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Mounted while it asks; the browser keeps the focus inside and gives it back afterwards. */
export function ConfirmDialog({ title, children, confirm, busy, error, onConfirm, onClose }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed before it is taken out of the page: only then the focus goes back to where it came from.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={id} onCancel={onClose}>
      <h2 id={id}>{title}</h2>
      <div className="dialog-body">{children}</div>
      {error && <ProblemNotice error={error} />}
      <footer className="dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" busy={busy} onClick={onConfirm} testId="confirm-dialog-confirm">
          {confirm}
        </Button>
      </footer>
    </dialog>
  );
}
