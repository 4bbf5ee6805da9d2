import { useId } from "react";
import { Field } from "../parts/field.tsx";
import { atField, type FormValues, idField, type PredictionDescription } from "./form-values.ts";
import { fieldError } from "./predict-form.tsx";

interface EnvelopeFieldsProps {
  readonly prediction: PredictionDescription;
  readonly values: FormValues;
  readonly error: Error | null;
  readonly onChange: (name: string, value: string) => void;
}

/** The id and the time of the row, both optional. */
export function EnvelopeFields({ prediction, values, error, onChange }: EnvelopeFieldsProps) {
  const id = useId();
  const control = (name: string) => ({
    id: `${id}-${name}`,
    name,
    className: "control",
    value: String(values[name] ?? ""),
    autoComplete: "off",
    "aria-describedby": `${id}-${name}-hint`,
    onChange: (change: { target: { value: string } }) => onChange(name, change.target.value),
  });
  return (
    <>
      {prediction.takesId && (
        <Field
          id={`${id}-${idField}`}
          label="id"
          hint="optional: joins a label to it"
          error={fieldError(error, idField)}
        >
          <input {...control(idField)} spellCheck={false} />
        </Field>
      )}
      {prediction.takesAt && (
        <Field id={`${id}-${atField}`} label="at" hint="optional, UTC: empty is now" error={fieldError(error, atField)}>
          <input {...control(atField)} type="datetime-local" step={1} />
        </Field>
      )}
    </>
  );
}
