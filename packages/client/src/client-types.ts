import type { App, Definition } from "tenon";

/** Every app. */
export type AnyApp = App<readonly Definition[]>;

type Flat<T> = { [K in keyof T]: T[K] } & {};
type Definitions<A> = A extends { readonly use: infer D extends readonly unknown[] } ? D[number] : never;

/** Columns that may be null may be left out. */
type Sent<T> = Flat<
  { readonly [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
    readonly [K in keyof T as null extends T[K] ? K : never]?: T[K] | undefined;
  }
>;
type Envelope = { readonly id: string; readonly at: Date };
/** A row whose `id` and time the server gives where they are left out. */
type Enveloped<T> = Flat<Sent<Omit<T, keyof Envelope>> & { readonly [K in keyof Envelope]?: Envelope[K] | undefined }>;

/** JSON has no dates: times come as ISO 8601. */
export type Answered<T> = T extends Date
  ? string
  : T extends readonly (infer I)[]
    ? readonly Answered<I>[]
    : T extends object
      ? { readonly [K in keyof T]: Answered<T[K]> }
      : T;

type Row<T> = T extends { readonly row?: infer R } ? R : never;
type Input<T> = T extends { readonly input?: (input: infer I) => void } ? I : never;
type Result<T> = T extends { readonly result?: infer O } ? O : never;
type KeyName<T> = T extends { readonly entity?: infer E extends string } ? E : never;

/** An event as it is sent. */
export type EventRow<T> = Enveloped<Row<T>>;

/** What a prediction is made for: its spine row. */
export type PredictionInput<T> =
  Input<T> extends infer I
    ? I extends Envelope
      ? Enveloped<I>
      : I extends { readonly at?: Date }
        ? I
        : Sent<I>
    : never;

/** What answered, and from what. */
export interface Receipt {
  readonly id: string;
  /** Such as `late_departure@7`. */
  readonly model: string;
  readonly digest: string;
  /** What answered: `live`, `previous` (the version before), `rule`, `fallback`, or the name of a variant. */
  readonly variant: string;
  readonly at: string;
  readonly position: string;
  readonly featureAgeMsMax: number | null;
  /** Why the answer is not what it could be; empty when all is well. */
  readonly degraded: readonly string[];
  readonly costMicros: number;
}

export interface Rejected {
  /** In the rows as they were given. */
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** What became of events. */
export interface Tracked {
  readonly accepted: number;
  readonly duplicate: number;
  /** Duplicates whose payload differs from the first one's: the first wins. */
  readonly conflict: number;
  readonly late: number;
  /** The first 1,000 of `rejectedCount`. */
  readonly rejected: readonly Rejected[];
  readonly rejectedCount: number;
  /** Pass it as `after` to read what these events made of features. */
  readonly position: string;
}

/** What became of rows of a table. */
export type Put = Pick<Tracked, "accepted" | "rejected" | "rejectedCount" | "position">;

export interface CallOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal;
  /** In place of the client's. */
  readonly timeoutMs?: number;
}

export interface ReadOptions extends CallOptions {
  /** Wait, bounded, until this position is applied: read your own writes. */
  readonly after?: string;
}

type Named<A, K> = Extract<Definitions<A>, { readonly kind: K; readonly name: string }>;
/** Predictions that take a time: a rule over columns of its own has none. */
type Timed<T> = T extends unknown ? ("at" extends keyof Input<T> ? T : never) : never;

type PredictCalls<T extends { readonly name: string }> = {
  readonly [P in T as P["name"]]: (
    input: PredictionInput<P>,
    o?: CallOptions,
  ) => Promise<Flat<Answered<Result<P>> & { readonly receipt: Receipt }>>;
};
type PredictCallsAt<T extends { readonly name: string }> = {
  readonly [P in T as P["name"]]: (
    input: Omit<PredictionInput<P>, "at">,
    o?: CallOptions,
  ) => Promise<Flat<Answered<Result<P>> & { readonly receipt: Receipt }>>;
};
type TrackCalls<T extends { readonly name: string }> = {
  readonly [E in T as E["name"]]: (rows: EventRow<E> | readonly EventRow<E>[], o?: CallOptions) => Promise<Tracked>;
};
/** Rows of a table, which may say from when on they are valid, or that their key is out. */
type PutRow<T> = T extends { readonly put?: infer P } ? Sent<NonNullable<P>> & { readonly validFrom?: Date } : never;
type PutCalls<T extends { readonly name: string }> = {
  readonly [P in T as unknown extends PutOf<P> ? never : P["name"]]: (
    rows: PutRow<P> | readonly PutRow<P>[],
    o?: CallOptions,
  ) => Promise<Put>;
};
type PutOf<T> = T extends { readonly put?: infer P } ? P : unknown;

type FeatureCalls<T extends { readonly name: string }> = {
  readonly [F in T as F["name"]]: (
    key: { readonly [E in KeyName<F>]: string | number },
    o?: ReadOptions,
  ) => Promise<Answered<Row<F>>>;
};

/** An app's client at a time of the past. */
export interface ClientAt<A> {
  readonly predict: PredictCallsAt<Timed<Named<A, "prediction">>>;
  readonly features: FeatureCalls<Named<A, "features">>;
}

/** The calls of an app, by the names of its definitions. */
export interface Client<A> {
  readonly predict: PredictCalls<Named<A, "prediction">>;
  readonly track: TrackCalls<Named<A, "event">>;
  readonly features: FeatureCalls<Named<A, "features">>;
  /** Puts rows in tables. */
  readonly put: PutCalls<Named<A, "features">>;
  /** The same reads and predictions as of a time. */
  at(time: Date): ClientAt<A>;
}
