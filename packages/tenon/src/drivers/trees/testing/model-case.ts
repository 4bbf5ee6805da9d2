import assert from "node:assert/strict";
import type { ColumnPlan } from "../../../plan/plan.ts";
import type { ModelColumns, ModelValue } from "../../../ports/model-runtime.ts";
import { TreesRuntime } from "../trees-runtime.ts";

interface CaseColumn {
  readonly name: string;
  readonly type: ColumnPlan["type"];
  readonly rows: readonly ModelValue[];
}

/** A model of a library, and what the library answers for rows. */
export interface ModelCase {
  readonly name: string;
  readonly file: string;
  readonly format: string;
  readonly input: readonly CaseColumn[];
  readonly output: readonly CaseColumn[];
  /** How far a number may be from the library's, as a share of it above 1. */
  readonly tolerance: number;
}

export const columnPlan = (column: Pick<ColumnPlan, "name" | "type"> & Partial<ColumnPlan>): ColumnPlan => ({
  ...{ nullable: true, personal: false, scale: 0, values: [], to: undefined },
  ...column,
});

const plansOf = (columns: readonly CaseColumn[]): readonly ColumnPlan[] =>
  columns.map(({ name, type }) => columnPlan({ name, type }));

/** Asserts that a file's model answers as its library does: rows in columns, at once and in turns, and one by one. */
export async function assertAnswers(bytes: Uint8Array, { input, output, tolerance }: ModelCase): Promise<void> {
  const model = await new TreesRuntime(bytes).load({ name: "model", input: plansOf(input), output: plansOf(output) });
  assert.ok(model.predictNow !== undefined);
  const rowCount = output[0]!.rows.length;
  const columns: ModelColumns = input.map(({ rows }) => rows);
  const batch = await model.predict(columns, rowCount, { signal: AbortSignal.timeout(10_000) });
  assert.deepEqual(model.predictNow(columns, rowCount), batch);
  for (let row = 0; row < rowCount; row++) {
    const one = model.predictNow(
      columns.map((values) => [values[row] ?? null]),
      1,
    );
    for (const [o, { name, rows }] of output.entries()) {
      const place = `row ${row}, ${name}`;
      assert.equal(one[o]![0], batch[o]![row], place);
      assertNear(one[o]![0], rows[row], { tolerance, place });
    }
  }
  await model.close();
}

function assertNear(
  found: ModelValue | undefined,
  expected: ModelValue | undefined,
  { tolerance, place }: { tolerance: number; place: string },
): void {
  if (typeof expected !== "number" || typeof found !== "number") {
    assert.equal(found, expected, place);
    return;
  }
  const far = Math.abs(found - expected) / Math.max(1, Math.abs(expected));
  assert.ok(far <= tolerance, `${place}: ${found}, not ${expected}`);
}
