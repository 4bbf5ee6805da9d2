/** The typed client of a Tenon app. It takes types alone from the app: no definition reaches the browser. */
export { type ClientOptions, createClient } from "./client.ts";
export { type FieldProblem, TenonClientError } from "./client-error.ts";
export type {
  Answered,
  CallOptions,
  Client,
  ClientAt,
  EventRow,
  PredictionInput,
  Put,
  Receipt,
  Rejected,
  Tracked,
} from "./client-types.ts";
