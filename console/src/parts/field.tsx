import type { ReactNode } from "react";
import "./field.css";

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly children: ReactNode;
}

/** A labelled control; the control itself names `${id}-hint` in `aria-describedby`. */
export function Field({ id, label, hint, error, children }: FieldProps) {
  return (
    <div className={error ? "field field-wrong" : "field"}>
      <label htmlFor={id}>{label}</label>
      {children}
      <p className="field-hint" id={`${id}-hint`}>
        {error ? (
          <span className="field-error">
            <span aria-hidden="true">✕ </span>
            {error}
          </span>
        ) : (
          hint
        )}
      </p>
    </div>
  );
}
