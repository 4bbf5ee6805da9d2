/** Where an event's rows come from, beside what is sent; secrets by the names of their environment variables. */
export type SourcePlan = PostgresQueryPlan | WebhookPlan;

export interface PostgresQueryPlan {
  readonly kind: "postgresQuery";
  readonly url: string;
  readonly sql: string;
  readonly cursor: string;
  readonly id: string;
  readonly at: string;
  readonly tenant?: string;
  readonly everyMs: number;
  /** Of cursors that are times, and of those that are whole numbers; the other one was not written. */
  readonly overlapMs?: number;
  readonly overlapCount?: number;
  readonly complete: boolean;
}

export interface WebhookPlan {
  readonly kind: "stripeWebhook" | "segmentWebhook";
  readonly secret: string;
  readonly types: readonly string[];
  /** One tenant's name; absent where a function tells it of a delivery, and without tenancy. */
  readonly tenant?: string;
  /** A fingerprint of the function. */
  readonly map: string;
  readonly tenantOf?: string;
}

/** The environment variable that a source needs. */
export const secretOf = (source: SourcePlan): string => (source.kind === "postgresQuery" ? source.url : source.secret);
