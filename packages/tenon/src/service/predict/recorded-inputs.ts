import { presentValue } from "../../plan/row-codec.ts";
import type { Tenon } from "../tenon.ts";
import type { Predicted, Predictor } from "./predictor.ts";

/** Stores the inputs of predictions that record them as the spine's events; an id that was sent before counts once. */
export class RecordedInputs {
  readonly #tenon: Tenon;
  #failed = 0;

  constructor(tenon: Tenon) {
    this.#tenon = tenon;
  }

  /** Inputs that were to be recorded and could not be: most of them came too late, as their answers say. */
  get failed(): number {
    return this.#failed;
  }

  async store(tenant: number, { model, plan }: Predictor, made: readonly Predicted[]): Promise<void> {
    const { columns } = model.spine;
    const rows = made.map(({ record, atMs }) => {
      const row = Object.fromEntries(columns.map((column, i) => [column.name, presentValue(column, record.input[i])]));
      return { ...row, id: record.exampleId, at: atMs };
    });
    const { rejected, rejectedCount, late } = await this.#tenon.ingest(tenant, model.spine.name, rows);
    this.#failed += rejectedCount + late;
    if (rejectedCount > 0)
      this.#tenon.logger.error(
        { prediction: plan.name, rejectedCount, first: rejected[0]?.places[0] },
        "inputs of predictions could not be recorded",
      );
  }

  /** Stores one off its path. */
  storeLater(tenant: number, predictor: Predictor, predicted: Predicted): void {
    this.store(tenant, predictor, [predicted]).catch((thrown: Error) => {
      this.#failed++;
      this.#tenon.logger.error({ error: thrown.message }, "the input of a prediction could not be recorded");
    });
  }
}
