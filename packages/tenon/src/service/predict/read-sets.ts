import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { parsePosition } from "../../base/position.ts";
import type { Tenon } from "../tenon.ts";
import type { FeatureQuery, FeatureRow, FeaturesRead } from "./read-features.ts";

/** A read of several sets for the same keys: each key names the entities of all of them. */
export interface SetsQuery extends Omit<FeatureQuery, "set"> {
  readonly sets: readonly string[];
}

/**
 * Reads several sets at one position; columns carry their set's name, such as `spend.paid_30d`.
 * @throws as a read of one set, and field.unknown for a column without its set
 */
export async function readSets(
  tenon: Tenon,
  tenant: number,
  { sets, columns, ...query }: SetsQuery,
): Promise<Omit<FeaturesRead, "belowFloor"> & { readonly archive: boolean }> {
  if (sets.length === 0 || sets.length > limit.featureSetsMax || new Set(sets).size !== sets.length)
    throw new TenonError("field.range", `sets: name from 1 to ${limit.featureSetsMax} feature sets, each once`);
  const asked = columns === undefined ? undefined : columnsBySet(sets, columns);
  let seqMax = query.seqMax;
  let position = "";
  let archive = false;
  const reads: { readonly set: string; readonly rows: readonly FeatureRow[] }[] = [];
  for (const set of sets) {
    const read = await tenon.features(tenant, { ...query, set, seqMax, columns: asked?.get(set) });
    // The others are read where the first one was.
    seqMax ??= parsePosition(read.position);
    position = read.position;
    archive ||= read.archive;
    reads.push({ set, rows: read.rows });
  }
  const rows = query.keys.map((_, i) => merged(reads.map(({ set, rows: all }) => ({ set, row: all[i] }))));
  return { rows, position, archive };
}

function columnsBySet(sets: readonly string[], columns: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const bySet = new Map<string, string[]>(sets.map((set) => [set, []]));
  for (const name of columns) {
    const dot = name.indexOf(".");
    const listed = bySet.get(name.slice(0, dot));
    if (dot < 0 || listed === undefined)
      throw new TenonError(
        "field.unknown",
        `columns: "${name.slice(0, 100)}" is no column of ${sets.join(", ")}; write set.column`,
      );
    listed.push(name.slice(dot + 1));
  }
  return bySet;
}

function merged(parts: readonly { readonly set: string; readonly row: FeatureRow }[]): FeatureRow {
  const join = <T>(of: (row: FeatureRow) => Readonly<Record<string, T>> | undefined): Readonly<Record<string, T>> =>
    Object.fromEntries(
      parts.flatMap(({ set, row }) => Object.entries(of(row) ?? {}).map(([name, value]) => [`${set}.${name}`, value])),
    );
  const key = Object.assign({}, ...parts.map(({ row }) => row.key));
  const values = join((row) => row.values);
  if (parts.some(({ row }) => row.statuses === undefined)) return { key, values };
  return { key, values, statuses: join((row) => row.statuses), ages: join((row) => row.ages) };
}
