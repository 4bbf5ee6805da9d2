import { errorTable, messageOf, TenonError } from "../../base/error.ts";
import { sendText, type TenonResponse } from "../http-response.ts";

/** Feast's own classes of errors: its client raises them again from their names. */
export type FeastErrorClass =
  | "FeatureViewNotFoundException"
  | "FeatureServiceNotFoundException"
  | "FeastObjectNotFoundException"
  | "PushSourceNotFoundException"
  | "DataSourceObjectNotFoundException";

/** An error as Feast's server tells it: a JSON text that holds JSON. Without a class it is a plain text. */
export class FeastError extends Error {
  readonly status: number;
  readonly class: FeastErrorClass | undefined;

  constructor(status: number, message: string, errorClass?: FeastErrorClass) {
    super(message);
    this.status = status;
    this.class = errorClass;
  }
}

/** Answers an error as Feast's server would; ours keep their code in the text. */
export function sendFeastError(response: TenonResponse, thrown: unknown): void {
  if (thrown instanceof TenonError && thrown.code === "internal") throw thrown;
  if (!(thrown instanceof FeastError) && !(thrown instanceof TenonError)) throw thrown;
  const status = thrown instanceof FeastError ? thrown.status : errorTable[thrown.code].status;
  const errorClass = thrown instanceof FeastError ? thrown.class : undefined;
  const text = thrown instanceof TenonError ? `${thrown.message} [${thrown.code}]` : messageOf(thrown);
  const told =
    errorClass === undefined ? text : JSON.stringify({ module: "feast.errors", class: errorClass, message: text });
  sendText(response, status, "application/json", JSON.stringify(told));
}
