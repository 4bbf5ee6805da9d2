import type { Duration } from "../base/duration.ts";
import type { Secret } from "./secret.ts";

/** Where an event's rows come from, beside what is sent. `R` is the row that it makes; `never` where no type tells. */
export interface SourceDefinition<out R = unknown> {
  readonly kind: "source";
  readonly of: SourceKind;
  /** Present in types only. */
  readonly row?: R;
  readonly written: readonly string[];
}

export type SourceKind = "postgresQuery" | "stripeWebhook" | "segmentWebhook";

/** Rows of a query, pulled by a cursor. */
export interface PostgresQueryDefinition extends SourceDefinition<never> {
  readonly of: "postgresQuery";
  readonly options: PostgresQueryOptions;
}

export interface PostgresQueryOptions {
  /** The address of the database: `postgres://user:password@host/database`. */
  readonly url: Secret;
  /** A select. Its columns go to the event's columns of the same names; it may have others. */
  readonly sql: string;
  /** The column that grows with every new row: a time of insertion or change, or a whole number. Rows where it is null wait. */
  readonly cursor: string;
  /** How often new rows are asked for. Default 10 s. */
  readonly every?: Duration;
  /** The column of the event's id. Default `id`. */
  readonly id?: string;
  /** The column of the event's time. Default: the cursor. */
  readonly at?: string;
  /**
   * How far behind the newest cursor rows may still appear, since transactions commit in another order than they began:
   * a duration for times, a count for whole numbers. Default 1 m, or 1,000.
   */
  readonly overlap?: Duration | number;
  /** The query has all that ever happened: windows that reach before its first row are covered. */
  readonly complete?: true;
  /** The column of the tenant's name: needed where the app's tenancy is required. */
  readonly tenant?: string;
}

/** Signed deliveries of a vendor. */
export interface WebhookDefinition<out R = unknown> extends SourceDefinition<R> {
  readonly of: "stripeWebhook" | "segmentWebhook";
  readonly secret: Secret;
  readonly types: readonly string[];
  readonly map: (vendorEvent: never) => R;
  readonly tenant: string | ((vendorEvent: never) => string | undefined) | undefined;
}
