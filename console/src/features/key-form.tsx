import { useId, useState } from "react";
import type { FeatureSet } from "../api/feature-reads.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";

interface KeyFormProps {
  readonly set: FeatureSet;
  readonly value: string;
  readonly onLookUp: (key: string) => void;
}

export function KeyForm({ set, value, onLookUp }: KeyFormProps) {
  const id = useId();
  const [typed, setTyped] = useState(value);
  const hint = set.keyType === "integer" ? "an integer" : "as it is written in the events";
  return (
    <form
      className="key-form"
      onSubmit={(submit) => {
        submit.preventDefault();
        onLookUp(typed.trim());
      }}
    >
      <Field id={id} label={`Key of the ${set.entity}`} hint={hint}>
        <input
          id={id}
          className="control"
          value={typed}
          onChange={(change) => setTyped(change.target.value)}
          inputMode={set.keyType === "integer" ? "numeric" : "text"}
          pattern={set.keyType === "integer" ? "-?[0-9]+" : undefined}
          autoComplete="off"
          spellCheck={false}
          required
          aria-describedby={`${id}-hint`}
          data-testid="features-key"
        />
      </Field>
      <Button type="submit" look="primary" testId="features-lookup">
        Look up
      </Button>
    </form>
  );
}
