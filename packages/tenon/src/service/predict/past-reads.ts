import { parsePosition } from "../../base/position.ts";
import type { Tenon } from "../tenon.ts";
import type { PredictionRecord } from "./prediction-record.ts";
import type { Predicted } from "./predictor.ts";
import type { FeatureQuery, FeaturesRead } from "./read-features.ts";

/** Features from the log, slower: where a window reaches back behind what the online store keeps. */
export function featuresFromLog(
  tenon: Tenon,
  tenant: number,
  query: FeatureQuery,
  position: string,
): Promise<FeaturesRead> {
  const seqMax = query.seqMax ?? parsePosition(position);
  return tenon.past.read({ kind: "features", query, ...requestOf(tenon, tenant, seqMax) });
}

/** Makes a logged prediction again from the log, where its windows are no longer whole online. */
export async function replayFromLog(
  tenon: Tenon,
  tenant: number,
  record: PredictionRecord,
  atMs: number,
): Promise<Predicted> {
  const artifact = record.version > 0 ? await tenon.registry.artifact(record.model, record.version) : undefined;
  const own = await tenon.builds.pastOf(record.build);
  return tenon.past.read({
    kind: "replay",
    record,
    artifact,
    atMs,
    ...requestOf(tenon, tenant, record.position),
    ...own,
  });
}

function requestOf({ build, catalogue, coverage, clock }: Tenon, tenant: number, seqMax: number) {
  const covered = build.app.plan.events.map(({ name }) => ({
    event: name,
    coveredFromMs: coverage.coveredFromMs(tenant, name),
  }));
  return { tenant, buildId: build.id, catalogue, coverage: covered, seqMax, nowMs: clock.nowMs() };
}
