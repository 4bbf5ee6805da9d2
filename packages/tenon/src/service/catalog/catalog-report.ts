import type { Distribution } from "../../engine/profile/distribution.ts";
import type { CatalogEntry } from "../../plan/catalog.ts";

export type { CategoryDistribution, Distribution, NumberDistribution } from "../../engine/profile/distribution.ts";

/** What a sample of a tenant's keys holds in one column. */
export interface FeatureFigures {
  /** Of the sampled keys; null where there is none. */
  readonly nullShare: number | null;
  /** By status, shares of the sampled keys. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Since the newest event that contributed to any sampled key. */
  readonly newestAgeMs: number | null;
  readonly medianAgeMs: number | null;
}

/** What keeping a feature costs: the rows of an event are shared by every column that reads them. */
export interface FeatureCost {
  readonly event: string;
  /** Columns, of any set, that live on the same stored rows. */
  readonly columns: number;
  readonly bytesPerKeyMean: number | null;
  readonly bytesPerKeyMax: number | null;
  /** Of the applier's thread for one event, its commit included; null until a batch has been measured. */
  readonly cpuMicrosPerUpdate: number | null;
  readonly updatesMeasured: number;
}

export interface CatalogFeature extends CatalogEntry {
  /** Null for an on-demand function, which keeps nothing. */
  readonly figures: FeatureFigures | null;
  readonly cost: FeatureCost | null;
}

/** A column as a live version learnt it, with what is there now on the same bins. */
export interface TrainingComparison {
  readonly model: string;
  readonly version: number;
  readonly trainedAtMs: number;
  /** Null where it is withheld, and for versions that kept none. */
  readonly trained: Distribution | null;
  readonly served: Distribution | null;
  readonly keys: Distribution | null;
  /** The examples are of several tenants, or of another one. */
  readonly withheld: boolean;
}

export interface ColumnDistributions {
  readonly keys: Distribution | null;
  readonly served: Distribution | null;
  readonly comparisons: readonly TrainingComparison[];
}
