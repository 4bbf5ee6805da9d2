import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import type { CatalogEntry } from "../plan/catalog.ts";
import type { CatalogFeature } from "../service/catalog/catalog-report.ts";
import type { Caller } from "../service/govern/api-keys.ts";
import { beforeEverythingMs } from "../service/predict/coverage.ts";
import type { Tenon } from "../service/tenon.ts";
import { isOwner } from "./owner.ts";
import type { CatalogAnswer, CatalogColumnAnswer, CatalogSetAnswer, CoveredFrom, KeySample } from "./wire.ts";

export interface CatalogPage {
  readonly search: string;
  readonly isUnused: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** A page of the catalogue; figures are of the caller's tenant. */
export async function describeCatalog(tenon: Tenon, caller: Caller, page: CatalogPage): Promise<CatalogAnswer> {
  const found = tenon.featureCatalog.entries(page.search).filter(({ unused }) => unused || !page.isUnused);
  const unused = tenon.featureCatalog.entries().filter((entry) => entry.unused);
  return {
    features: await withFigures(tenon, caller, found.slice(page.offset, page.offset + page.limit)),
    total: found.length,
    offset: page.offset,
    unused: unused.slice(0, limit.catalogPageMax).map(({ name }) => name),
    unusedCount: unused.length,
  };
}

/** @throws features.unknown */
export async function describeCatalogSet(tenon: Tenon, caller: Caller, name: string): Promise<CatalogSetAnswer> {
  const entries = tenon.featureCatalog.named(name);
  if (entries[0].set !== name)
    throw new TenonError("features.unknown", `"${name}" is a column: GET /catalog/${name.replace(".", "/")}`);
  const [{ set, kind, of, owner, description }] = entries;
  const events = [...new Set(entries.flatMap(({ event }) => event ?? []))];
  return {
    name: set,
    kind,
    of,
    owner,
    description,
    sample: await sampleOf(tenon, caller, entries[0]),
    coveredFrom: Object.fromEntries(events.map((event) => [event, coveredFrom(tenon, caller, event)])),
    applierLagEvents: tenon.lag.events,
    features: await withFigures(tenon, caller, entries),
  };
}

/** @throws features.unknown */
export async function describeCatalogColumn(tenon: Tenon, caller: Caller, name: string): Promise<CatalogColumnAnswer> {
  const [entry] = tenon.featureCatalog.named(name);
  const onlooker = { tenant: caller.tenant, isOwner: isOwner(tenon, caller) };
  const { comparisons, ...spread } = await tenon.featureCatalog.distributions(entry, onlooker);
  return {
    feature: await tenon.featureCatalog.withFigures(entry, caller.tenant),
    sample: await sampleOf(tenon, caller, entry),
    coveredFrom: entry.event === null ? null : coveredFrom(tenon, caller, entry.event),
    applierLagEvents: tenon.lag.events,
    distributions: {
      ...spread,
      comparisons: comparisons.map(({ trainedAtMs, ...comparison }) => ({
        ...comparison,
        trainedAt: iso(trainedAtMs),
      })),
    },
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** One set after the other: their samples are drawn on the thread that answers predictions. */
async function withFigures(
  tenon: Tenon,
  caller: Caller,
  entries: readonly CatalogEntry[],
): Promise<readonly CatalogFeature[]> {
  const features: CatalogFeature[] = [];
  for (const entry of entries) features.push(await tenon.featureCatalog.withFigures(entry, caller.tenant));
  return features;
}

async function sampleOf(tenon: Tenon, caller: Caller, { kind, set }: CatalogEntry): Promise<KeySample | null> {
  if (kind === "onDemand") return null;
  const { keys, keysSeen, whole, atMs } = await tenon.featureCatalog.sample(caller.tenant, set);
  return { keys, keysSeen, whole, at: iso(atMs) };
}

function coveredFrom(tenon: Tenon, caller: Caller, event: string): CoveredFrom {
  const fromMs = tenon.coverage.coveredFromMs(caller.tenant, event);
  if (fromMs <= beforeEverythingMs) return "everything";
  return Number.isFinite(fromMs) ? iso(fromMs) : null;
}
