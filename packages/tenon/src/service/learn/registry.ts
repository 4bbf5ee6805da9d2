import { TenonError } from "../../base/error.ts";
import { decodeTreeModel } from "../../engine/train/tree-file.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { MetadataStore, StoredAlias } from "../../ports/metadata-store.ts";
import type { ServedVersion } from "../predict/version-inputs.ts";
import { isPromotable, type VersionRecord } from "./version-record.ts";

/** Versions of models and which of them is live. A flip is one transaction; requests run whole on what they began with. */
export class Registry {
  readonly #metadata: MetadataStore;
  readonly #artifacts: ArtifactStore;
  readonly #nowMs: () => number;
  readonly #versions = new Map<string, VersionRecord[]>();
  readonly #aliases = new Map<string, StoredAlias>();
  #onLive: (model: string, version: ServedVersion) => Promise<void> = async () => {};

  private constructor(metadata: MetadataStore, artifacts: ArtifactStore, nowMs: () => number) {
    this.#metadata = metadata;
    this.#artifacts = artifacts;
    this.#nowMs = nowMs;
  }

  static async load(metadata: MetadataStore, artifacts: ArtifactStore, nowMs: () => number): Promise<Registry> {
    const registry = new Registry(metadata, artifacts, nowMs);
    for (const { record } of await metadata.versions()) registry.#add(JSON.parse(record));
    for (const alias of await metadata.aliases()) registry.#aliases.set(alias.model, alias);
    return registry;
  }

  /** Called with a version that is loaded and live from now on. */
  onLive(listener: (model: string, version: ServedVersion) => Promise<void>): void {
    this.#onLive = listener;
  }

  /** The model's versions, newest first. */
  versions(model: string): readonly VersionRecord[] {
    return [...(this.#versions.get(model) ?? [])].reverse();
  }

  live(model: string): StoredAlias | undefined {
    return this.#aliases.get(model);
  }

  /** @throws version.unknown */
  version(model: string, version: number): VersionRecord {
    const record = this.#versions.get(model)?.find((candidate) => candidate.version === version);
    if (record === undefined) throw new TenonError("version.unknown", `"${model}" has no version ${version}`);
    return record;
  }

  async add(draft: Omit<VersionRecord, "version" | "digest">, artifact: Uint8Array): Promise<VersionRecord> {
    const digest = await this.#artifacts.put(artifact);
    let record: VersionRecord | undefined;
    const make = (version: number): string => {
      record = { ...draft, version, digest };
      return JSON.stringify(record);
    };
    const text = `${draft.model}: a version trained on ${draft.trainedRows} rows`;
    await this.#metadata.addVersion(draft.model, make, { atMs: this.#nowMs(), kind: "model.registered", text });
    this.#add(record!);
    return record!;
  }

  /** The live version, loaded, or undefined where there is none. */
  async loadLive(model: string): Promise<ServedVersion | undefined> {
    const alias = this.#aliases.get(model);
    return alias === undefined ? undefined : this.load(model, alias.version);
  }

  /** The version that was live before, loaded, or undefined where there is none. */
  async loadPrevious(model: string): Promise<ServedVersion | undefined> {
    const previous = this.#aliases.get(model)?.previous ?? null;
    return previous === null ? undefined : this.load(model, previous);
  }

  async load(model: string, version: number): Promise<ServedVersion> {
    const { digest, inputs, build } = this.version(model, version);
    const trees = decodeTreeModel(await this.artifact(model, version));
    return { version, digest, trees, build, ...(inputs === undefined ? {} : { inputs }) };
  }

  /** A version's file. */
  artifact(model: string, version: number): Promise<Uint8Array> {
    return this.#artifacts.get(this.version(model, version).digest);
  }

  /**
   * Makes a version live.
   * @throws version.unknown, gate.failed unless forced
   */
  async promote(model: string, version: number, o: { readonly force: boolean }): Promise<StoredAlias> {
    const record = this.version(model, version);
    if (!isPromotable(record) && !o.force) {
      const open = record.gates.filter((gate) => gate.outcome !== "pass");
      const told = open.map(
        ({ metric, bound, outcome, estimate }) =>
          `${metric} ${outcome} (${estimate === null ? "no figure" : `${estimate.low.toFixed(4)} to ${estimate.high.toFixed(4)}`}, bound ${bound})`,
      );
      throw new TenonError("gate.failed", `${model}@${version}: ${told.join("; ")}`);
    }
    return this.#point(model, version, o.force ? "model.forced" : "model.promoted");
  }

  /** @throws model.no-live, model.no-previous */
  async rollback(model: string): Promise<StoredAlias> {
    const alias = this.#aliases.get(model);
    if (alias === undefined) throw new TenonError("model.no-live", `"${model}" has no live version`);
    if (alias.previous === null)
      throw new TenonError("model.no-previous", `"${model}" had no live version before ${alias.version}`);
    return this.#point(model, alias.previous, "model.rolled-back");
  }

  async #point(model: string, version: number, kind: string): Promise<StoredAlias> {
    // The artifact is loaded first: what cannot be read never goes live.
    const served = await this.load(model, version);
    const before = this.#aliases.get(model);
    if (before?.version === version) return before;
    const text = `${model}: ${before === undefined ? "none" : `@${before.version}`} → @${version}`;
    const alias = await this.#metadata.setAlias(model, version, { atMs: this.#nowMs(), kind, text });
    this.#aliases.set(model, alias);
    await this.#onLive(model, served);
    return alias;
  }

  #add(record: VersionRecord): void {
    const known = this.#versions.get(record.model);
    if (known === undefined) this.#versions.set(record.model, [record]);
    else known.push(record);
  }
}
