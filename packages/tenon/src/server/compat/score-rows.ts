import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { isRecord } from "../../base/record.ts";
import type { Predicted, Predictor } from "../../service/predict/predictor.ts";
import { inTurn } from "../in-turn.ts";
import type { Call } from "../route.ts";
import { cellValue } from "./cell-value.ts";
import { sendBytes } from "./compressed-body.ts";
import { statisticsOf } from "./inference-statistics.ts";
import { degradedOf } from "./oip-answer.ts";
import { readinessOf } from "./served-model.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * A row of JSON: an object by column, a list in the columns' order, or the value of a single column.
 * @throws input.invalid
 */
export function rowOf({ model, plan }: Predictor, given: unknown, names?: readonly string[]): Row {
  const { columns } = model.spine;
  if (isRecord(given)) return cells(columns, Object.entries(given));
  const order = names ?? columns.map(({ name }) => name);
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (values.length !== order.length)
    throw new TenonError(
      "input.invalid",
      `a row of "${plan.name}" has ${order.length} values (${order.join(", ")}); found ${values.length}`,
    );
  return cells(
    columns,
    values.map((value, place) => [order[place] ?? "", value]),
  );
}

function cells(columns: Predictor["model"]["spine"]["columns"], entries: readonly (readonly [string, unknown])[]): Row {
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      cellValue(
        columns.find((column) => column.name === name),
        value,
      ),
    ]),
  );
}

/** Answers rows of JSON with their predictions. @throws body.too-large, input.invalid and the field codes */
export async function answerRows(call: Call, predictor: Predictor, rows: readonly Row[]): Promise<void> {
  const answer = Buffer.from(JSON.stringify(scored(await scoreRows(call, predictor, rows))));
  await sendBytes(call.request, call.response, answer, { "content-type": "application/json" });
}

async function scoreRows(call: Call, predictor: Predictor, rows: readonly Row[]): Promise<readonly Predicted[]> {
  const { tenon, caller } = call;
  const { name } = predictor.plan;
  if (rows.length > limit.itemsMax)
    throw new TenonError("body.too-large", `${rows.length} rows in one request; it takes ${limit.itemsMax}`);
  const statistics = statisticsOf(tenon, caller.tenant, name, readinessOf(tenon, name).version);
  const startedNs = process.hrtime.bigint();
  const ns = (): number => Number(process.hrtime.bigint() - startedNs);
  try {
    const made = await inTurn(call, name, (queuedMs) => tenon.predictions.all(caller.tenant, name, rows, { queuedMs }));
    statistics.succeed(made.length, { inputNs: 0, inferNs: ns(), outputNs: 0 }, tenon.machineNowMs());
    return made;
  } catch (thrown) {
    statistics.fail(ns());
    throw thrown;
  }
}

/** `predictions` in the rows' order, with what a receipt tells of them. */
function scored(made: readonly Predicted[]): object {
  const degraded = degradedOf(made);
  return {
    predictions: made.map(({ answer }) => answer),
    prediction_ids: made.map(({ id }) => id),
    ...(degraded.length === 0 ? {} : { degraded }),
  };
}
