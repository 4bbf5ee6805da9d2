import { type FormEvent, useState } from "react";
import type { PredictInput } from "../api/actions.ts";
import { ProblemError } from "../api/request.ts";
import { useApp } from "../frame/app-context.ts";
import { Button } from "../parts/button.tsx";
import { Panel } from "../parts/panel.tsx";
import { ColumnField } from "./column-field.tsx";
import { EnvelopeFields } from "./envelope-fields.tsx";
import { type FormValues, inputOf, type PredictionDescription, valuesOf } from "./form-values.ts";
import "./predict-form.css";

interface PredictFormProps {
  readonly prediction: PredictionDescription;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onPredict: (input: PredictInput) => void;
}

/** A form that is made from the input's columns; the example stands in it to begin with. */
export function PredictForm({ prediction, busy, error, onPredict }: PredictFormProps) {
  const { entities } = useApp();
  const [values, setValues] = useState<FormValues>(() => valuesOf(prediction));
  const change = (name: string, value: string | boolean) => setValues((before) => ({ ...before, [name]: value }));
  const integerKeys = new Set(entities.filter((entity) => entity.keyType === "integer").map((entity) => entity.name));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onPredict(inputOf(prediction, values, integerKeys));
  };
  return (
    <Panel title="Make a prediction" note="columns marked * are needed">
      <form className="predict-form" onSubmit={submit} data-testid="predict-form">
        {prediction.input.map((column) => (
          <ColumnField
            key={column.name}
            column={column}
            value={values[column.name] ?? ""}
            error={fieldError(error, column.name)}
            onChange={(value) => change(column.name, value)}
          />
        ))}
        <EnvelopeFields prediction={prediction} values={values} error={error} onChange={change} />
        <div className="predict-form-actions">
          <Button type="submit" look="primary" busy={busy} testId="predict-submit">
            Predict
          </Button>
          {prediction.example && <Button onClick={() => setValues(valuesOf(prediction))}>Use the example</Button>}
        </div>
      </form>
    </Panel>
  );
}

/** What the server said about a field; paths come with or without a leading `/` or `$.`. */
export function fieldError(error: Error | null, field: string): string | undefined {
  if (!(error instanceof ProblemError)) return undefined;
  const found = error.problem.errors?.find(({ path }) => path.replace(/^(\/|\$\.)/, "") === field);
  return found?.message;
}
