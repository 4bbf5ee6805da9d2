import type { CatalogEntry } from "../plan/catalog.ts";
import type { Lineage } from "../plan/lineage.ts";
import type {
  CatalogFeature,
  TrainingComparison as Comparison,
  ColumnDistributions as Distributions,
} from "../service/catalog/catalog-report.ts";

export type {
  CatalogFeature,
  CategoryDistribution,
  Distribution,
  FeatureCost,
  FeatureFigures,
  NumberDistribution,
} from "../service/catalog/catalog-report.ts";

/** How many of the tenant's keys were read, and out of how many. */
export interface KeySample {
  readonly keys: number;
  readonly keysSeen: number;
  /** Every key of the tenant was looked at. */
  readonly whole: boolean;
  readonly at: string;
}

/** `GET /catalog` */
export interface CatalogAnswer {
  readonly features: readonly CatalogFeature[];
  /** Of all that the search found. */
  readonly total: number;
  readonly offset: number;
  /** Names of features of the whole app that no model takes, at most as many as a page has. */
  readonly unused: readonly string[];
  readonly unusedCount: number;
}

/** From when on the log holds all of an event; null where nothing has come yet. */
export type CoveredFrom = string | "everything" | null;

/** `GET /catalog/<set>` */
export interface CatalogSetAnswer {
  readonly name: string;
  readonly kind: CatalogEntry["kind"];
  readonly of: string;
  readonly owner: string | null;
  readonly description: string | null;
  /** Null for on-demand functions, which keep nothing. */
  readonly sample: KeySample | null;
  /** By event, of this tenant. */
  readonly coveredFrom: Readonly<Record<string, CoveredFrom>>;
  /** How far the online store is behind the log. */
  readonly applierLagEvents: number;
  readonly features: readonly CatalogFeature[];
}

/** A column as a live version learnt it, with what is there now on the same bins. */
export type TrainingComparison = Omit<Comparison, "trainedAtMs"> & { readonly trainedAt: string };

/** How a column's values are spread: over keys and predictions of late on bins of their own, and beside each training. */
export type ColumnDistributions = Omit<Distributions, "comparisons"> & {
  readonly comparisons: readonly TrainingComparison[];
};

/** `GET /catalog/<set>/<column>` */
export interface CatalogColumnAnswer {
  readonly feature: CatalogFeature;
  readonly sample: KeySample | null;
  readonly coveredFrom: CoveredFrom;
  readonly applierLagEvents: number;
  readonly distributions: ColumnDistributions;
}

/** `GET /lineage` */
export type LineageAnswer = Lineage;
