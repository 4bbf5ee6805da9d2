import type { Distribution } from "../../engine/profile/distribution.ts";
import { type CatalogEntry, catalogOf, entriesNamed, searchCatalog } from "../../plan/catalog.ts";
import type { FeatureSetPlan } from "../../plan/plan.ts";
import type { VersionRecord } from "../learn/version-record.ts";
import type { Tenon } from "../tenon.ts";
import type { CatalogFeature, ColumnDistributions, FeatureCost, TrainingComparison } from "./catalog-report.ts";
import { type ColumnValues, distributionOf } from "./column-values.ts";
import { RecentSamples } from "./recent-samples.ts";
import { type ServedSample, sampleServed } from "./served-sample.ts";
import { type SetSample, sampleSet } from "./set-sample.ts";

/** Who looks: figures are of this tenant alone, and what was learnt from others only the owner sees. */
export interface Onlooker {
  readonly tenant: number;
  readonly isOwner: boolean;
}

/** The features of a running app with their live figures, drawn from samples that others may share for a while. */
export class FeatureCatalog {
  readonly #tenon: Tenon;
  readonly #sets: RecentSamples<SetSample>;
  readonly #served: RecentSamples<ServedSample>;
  /** Of the build that serves: its definitions do not change. */
  #defined: { readonly build: string; readonly entries: readonly CatalogEntry[] } | undefined;

  constructor(tenon: Tenon) {
    this.#tenon = tenon;
    this.#sets = new RecentSamples(({ keys, columns }) => keys * columns.length, tenon.machineNowMs);
    this.#served = new RecentSamples(
      ({ models }) =>
        [...models.values()]
          .flatMap((columns) => [...columns.values()])
          .reduce((sum, values) => sum + values.length, 0),
      tenon.machineNowMs,
    );
  }

  /** Every feature that the search finds; a function's columns where a live version knows them. */
  entries(search = ""): readonly CatalogEntry[] {
    const { id: build, app } = this.#tenon.build;
    if (this.#defined?.build !== build) this.#defined = { build, entries: catalogOf(app.plan) };
    const all = this.#defined.entries.flatMap((entry) => this.#withColumns(entry));
    return searchCatalog(all, search);
  }

  /** @throws features.unknown */
  named(name: string): readonly CatalogEntry[] {
    return entriesNamed(this.entries(), name);
  }

  async withFigures(entry: CatalogEntry, tenant: number): Promise<CatalogFeature> {
    const set = this.#setOf(entry);
    if (set === undefined) return { ...entry, figures: null, cost: null };
    const place = set.columns.findIndex(({ name }) => name === entry.column);
    const sample = await this.sample(tenant, set.name);
    return { ...entry, figures: sample.columns[place]?.figures ?? null, cost: this.#cost(set, place, sample) };
  }

  /** A sample of the tenant's keys of a set. */
  sample(tenant: number, set: string): Promise<SetSample> {
    return this.#sets.get(`${this.#tenon.build.id}/${tenant}/${set}`, () => this.#draw(tenant, set));
  }

  /** Begun anew where another build took over meanwhile. */
  async #draw(tenant: number, set: string): Promise<SetSample> {
    for (;;) {
      const { serving, clock } = this.#tenon;
      const store = { serving, census: this.#tenon.builds.census, isOpen: () => this.#tenon.serving === serving };
      const drawn = await sampleSet(store, tenant, set, clock.nowMs());
      if (drawn !== undefined) return drawn;
    }
  }

  /** How a column's values are spread over keys, over predictions of late, and when live versions learnt it. */
  async distributions(entry: CatalogEntry, { tenant, isOwner }: Onlooker): Promise<ColumnDistributions> {
    const { build, clock } = this.#tenon;
    const served = await this.#served.get(`${build.id}/${tenant}/${entry.set}`, () =>
      sampleServed(this.#tenon, tenant, entry.set, clock.nowMs()),
    );
    const set = this.#setOf(entry);
    const place = set?.columns.findIndex(({ name }) => name === entry.column) ?? -1;
    const isOne = entry.many === null;
    const sample = set === undefined || !isOne ? undefined : await this.sample(tenant, set.name);
    const keys = sample === undefined || sample.keys === 0 ? undefined : sample.columns[place]?.values;
    const { personal } = entry;
    const shown = (values: ColumnValues | undefined, reference?: Distribution) =>
      values === undefined || !isOne ? null : distributionOf(values, { personal, reference });
    const comparisons = this.#liveVersions(entry).map((record): TrainingComparison => {
      const { model, version, createdAtMs: trainedAtMs, profile } = record;
      const withheld = profile !== undefined && !isOwner && profile.tenant !== tenant;
      const trained = withheld ? null : (profile?.columns[entry.name] ?? null);
      const reference = trained ?? undefined;
      // Beside what a model learnt stand its own predictions: those of others may be of another crowd.
      const own = served.models.get(model)?.get(entry.name);
      return {
        model,
        version,
        trainedAtMs,
        trained,
        withheld,
        keys: shown(keys, reference),
        served: shown(own, reference),
      };
    });
    const all = [...served.models.values()].flatMap((columns) => columns.get(entry.name) ?? []);
    return { keys: shown(keys), served: all.length === 0 ? null : shown(all), comparisons };
  }

  /** Live versions that take the column as an input. */
  #liveVersions(entry: CatalogEntry): readonly VersionRecord[] {
    const { registry } = this.#tenon;
    return entry.users.models.flatMap((model) => {
      const live = registry.live(model);
      if (live === undefined) return [];
      const record = registry.version(model, live.version);
      return record.columns.some(({ name }) => name === entry.name) ? [record] : [];
    });
  }

  #withColumns(entry: CatalogEntry): readonly CatalogEntry[] {
    if (entry.kind !== "onDemand") return [entry];
    const { registry } = this.#tenon;
    const learnt = entry.users.models.flatMap((model) => {
      const live = registry.live(model);
      return live === undefined ? [] : registry.version(model, live.version).columns.map(({ name }) => name);
    });
    const prefix = `${entry.set}.`;
    const names = [...new Set(learnt)].filter((name) => name.startsWith(prefix)).sort();
    if (names.length === 0) return [entry];
    return names.map((name) => ({ ...entry, name, column: name.slice(prefix.length) }));
  }

  #setOf({ set, kind }: CatalogEntry): FeatureSetPlan | undefined {
    return kind === "onDemand"
      ? undefined
      : this.#tenon.build.app.plan.featureSets.find((candidate) => candidate.name === set);
  }

  #cost(set: FeatureSetPlan, place: number, sample: SetSample): FeatureCost | null {
    const { plan } = this.#tenon.build.app;
    const lane = set.columns[place]?.lane;
    if (lane === undefined) return null;
    const { id, event } = plan.lanes[lane];
    const bytes = sample.bytes.get(id);
    const spent = this.#tenon.applier.costs[id];
    return {
      event,
      columns: plan.featureSets.reduce(
        (sum, { columns }) => sum + columns.filter((one) => one.lane === lane).length,
        0,
      ),
      bytesPerKeyMean: bytes?.mean ?? null,
      bytesPerKeyMax: bytes?.max ?? null,
      cpuMicrosPerUpdate: spent === undefined ? null : spent.cpuMicros / spent.updates,
      updatesMeasured: spent?.updates ?? 0,
    };
  }
}
