/** A row as it is sent: plain JSON, with `id` and `at`, or `validFrom` where it is put. */
export type SentRow = Readonly<Record<string, unknown>>;

interface Told {
  /** The app clock at that moment. */
  readonly atMs: number;
  readonly tenant: string;
}

/**
 * One thing that happened to an app. Plain data in order of time: a story is drawn by chance or taken from a log, told to
 * a real app and to the brute force, made shorter, and written as a test.
 */
export type Happening =
  /** `imported` rows carry their own `receivedAt`. */
  | (Told & {
      readonly does: "send";
      readonly event: string;
      readonly rows: readonly SentRow[];
      readonly imported: boolean;
    })
  | (Told & { readonly does: "put"; readonly table: string; readonly rows: readonly SentRow[] })
  | (Told & { readonly does: "retract"; readonly event: string; readonly ids: readonly string[] })
  /** Where a read at a position of before reads: all that happened until now, and nothing after. */
  | (Told & { readonly does: "mark"; readonly mark: number })
  | (Told & { readonly does: "restart" });

export type Story = readonly Happening[];

/** A read of a key's features once a story was told. */
export interface FeatureRead {
  readonly tenant: string;
  readonly set: string;
  readonly key: string | number;
  readonly atMs: number;
  readonly asOf: "served" | "corrected";
  /** As of this mark of the story; undefined: as of all of it. */
  readonly mark: number | undefined;
}

/** One value that is asked of an app, and of the definition. */
export type Question =
  | { readonly of: "feature"; readonly read: FeatureRead; readonly column: string }
  /** An input of an example in a model's training set, by its spine row's id; without one: whether the row is there. */
  | {
      readonly of: "example";
      readonly model: string;
      readonly tenant: string;
      readonly id: string;
      readonly atMs: number;
      readonly input: string | undefined;
    };
