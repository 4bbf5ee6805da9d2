import { useId } from "react";
import type { ColumnDescription } from "../../../packages/tenon/src/server/wire.ts";
import { Field } from "../parts/field.tsx";

interface ColumnFieldProps {
  readonly column: ColumnDescription;
  readonly value: string | boolean;
  readonly error: string | undefined;
  readonly onChange: (value: string | boolean) => void;
}

/** The control that fits a column's type. */
export function ColumnField({ column, value, error, onChange }: ColumnFieldProps) {
  const id = useId();
  const shared = {
    id,
    name: column.name,
    "aria-describedby": `${id}-hint`,
    "aria-invalid": error !== undefined,
  };
  const needed = !column.nullable && column.type !== "flag";
  return (
    <Field id={id} label={needed ? `${column.name} *` : column.name} hint={hintOf(column)} error={error}>
      {typeof value === "boolean" ? (
        <input
          {...shared}
          type="checkbox"
          className="check"
          checked={value}
          onChange={(change) => onChange(change.target.checked)}
        />
      ) : column.type === "oneOf" ? (
        <select {...shared} className="control" value={value} onChange={(change) => onChange(change.target.value)}>
          {column.nullable && <option value="">none</option>}
          {(column.values ?? []).map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      ) : (
        <input
          {...shared}
          {...inputKind(column)}
          className="control"
          value={value}
          required={needed}
          autoComplete="off"
          spellCheck={false}
          onChange={(change) => onChange(change.target.value)}
        />
      )}
    </Field>
  );
}

function inputKind(column: ColumnDescription): { type: string; step?: number | "any" } {
  if (column.type === "integer") return { type: "number", step: 1 };
  if (column.type === "decimal") return { type: "number", step: 10 ** -(column.scale ?? 0) };
  if (column.type === "real") return { type: "number", step: "any" };
  if (column.type === "time") return { type: "datetime-local", step: 1 };
  return { type: "text" };
}

function hintOf(column: ColumnDescription): string {
  const kind =
    column.type === "ref"
      ? `key of ${column.to ?? "an entity"}`
      : column.type === "oneOf"
        ? "one of a list"
        : column.type === "time"
          ? "time in UTC"
          : column.type === "decimal"
            ? `decimal, ${column.scale ?? 0} digits`
            : column.type;
  return [kind, column.nullable && "may be empty", column.personal && "personal"].filter(Boolean).join(" · ");
}
