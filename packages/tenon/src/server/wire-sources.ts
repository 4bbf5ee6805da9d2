/** What came of a source's rows since the start, for the tenant that asks. */
export interface SourceFigures {
  readonly accepted: number;
  readonly duplicate: number;
  /** Duplicates whose values differ from the first ones: the first wins. */
  readonly conflict: number;
  /** Later than the event's `late`: kept as dead letters. */
  readonly late: number;
  readonly rejected: number;
  /** Deliveries of types that the source does not take, and those whose signature was wrong. */
  readonly unhandled: number;
  readonly unsigned: number;
}

/** A source of an event: in `GET /sources` and `GET /status`. */
export interface SourceStatus {
  readonly event: string;
  readonly kind: "postgresQuery" | "stripeWebhook" | "segmentWebhook";
  /** `waiting` for deliveries; the others are of queries, `history` until the end was reached once. */
  readonly state: "starting" | "history" | "live" | "failing" | "waiting";
  /** Since the beginning of the last pass that reached the end: what was committed before it is here. */
  readonly lagMs: number | null;
  readonly lastSuccessAt: string | null;
  readonly errors: number;
  /** Why the last read failed; without the address and the message for who is not the owner of an app with tenants. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly counts: SourceFigures;
  /** The newest rows that were not taken. */
  readonly rejects: readonly { readonly at: string; readonly id: string; readonly message: string }[];
}

/** `GET /sources` */
export interface SourcesAnswer {
  readonly sources: readonly SourceStatus[];
}

/** `POST /webhooks/<event>` */
export type DeliveryAnswer =
  | { readonly handled: false }
  | {
      readonly handled: true;
      readonly accepted: number;
      readonly duplicate: number;
      readonly late: number;
      readonly position: string;
    };
