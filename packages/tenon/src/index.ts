/** The published surface: definitions alone, so that a configuration can be bundled and typed without a server. */
export type { Duration } from "./base/duration.ts";
export type { Aggregate, NumberOutcome, Outcome, Where, Windowed } from "./define/aggregate.ts";
export { type App, type Definition, defineApp, embedded, type Stores } from "./define/app.ts";
export { type Column, type Columns, c, type RowOf } from "./define/column.ts";
export { type Entity, entity } from "./define/entity.ts";
export { type Event, event } from "./define/event.ts";
export { type Features, features } from "./define/features.ts";
export { atLeast, atMost, type Gate } from "./define/gate.ts";
export { type LabelDefinition, label } from "./define/label.ts";
export { type Model, model, pretrained } from "./define/model.ts";
export { type OnDemandDefinition, onDemand, type PickedColumns } from "./define/on-demand.ts";
export { postgresQuery } from "./define/postgres-query.ts";
export { type Prediction, prediction } from "./define/prediction.ts";
export { type Secret, secret } from "./define/secret.ts";
export type { SourceDefinition } from "./define/source.ts";
export { type Table, table } from "./define/table.ts";
export { gradientBoosting, type Trainer } from "./define/trainer.ts";
export { type SegmentMessage, type StripeEvent, segmentWebhook, stripeWebhook } from "./define/webhook.ts";
