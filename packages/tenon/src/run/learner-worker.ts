import { parentPort, workerData } from "node:worker_threads";
import { TenonError } from "../base/error.ts";
import { sha256 } from "../base/hash.ts";
import { formatPosition } from "../base/position.ts";
import { readBuild } from "../plan/build.ts";
import { inputMeanings } from "../plan/input-meaning.ts";
import type { SnapshotColumn } from "../ports/snapshot-store.ts";
import type { Learned, LearnProgress, LearnRequest, SnapshotManifest } from "../ports/workers.ts";
import { buildDataset, type Dataset, exampleStatus } from "../service/learn/dataset.ts";
import { type TrainedModel, trainModel } from "../service/learn/train-model.ts";
import { type LogPlaces, openWholeLog } from "./whole-log.ts";

export interface LearnerWorkerData {
  readonly places: LogPlaces;
  readonly buildsDir: string;
  readonly request: LearnRequest;
  readonly git: SnapshotManifest["git"];
}

export type LearnerMessage =
  | { readonly kind: "progress"; readonly progress: LearnProgress }
  | { readonly kind: "snapshot"; readonly columns: readonly SnapshotColumn[]; readonly manifest: SnapshotManifest }
  | { readonly kind: "done"; readonly learned: Omit<Learned<TrainedModel>, "snapshot"> }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

async function run(data: LearnerWorkerData): Promise<void> {
  const port = parentPort!;
  const { request } = data;
  const send = (message: LearnerMessage): void => port.postMessage(message);
  const progress = (step: string, done: number, detail = ""): void =>
    send({ kind: "progress", progress: { step, done, detail } });
  const log = openWholeLog(data.places);
  try {
    const app = await readBuild(data.buildsDir, request.buildId);
    const dataset = buildDataset(app, request.model, log, request.catalogue, {
      seqMax: request.seqMax,
      nowMs: request.nowMs,
      rowsMax: request.rowsMax,
      asOf: "served",
      onProgress: progress,
    });
    const columns = snapshotColumns(dataset);
    const manifest = manifestOf(dataset, columns, data);
    send({ kind: "snapshot", columns, manifest });
    const model = app.plan.models.find((candidate) => candidate.name === request.model);
    if (model?.source !== "trained")
      throw new TenonError("model.unknown", `"${request.model}" is no model that is trained`);
    const about = { snapshot: manifest.contentSha256, build: request.buildId };
    const trained = request.datasetOnly
      ? undefined
      : { ...trainModel(model, dataset, about, progress), inputs: inputMeanings(app.plan, model) };
    send({ kind: "done", learned: { manifest, trained } });
  } catch (thrown) {
    const code = thrown instanceof TenonError ? thrown.code : "internal";
    send({
      kind: "failed",
      code,
      message:
        thrown instanceof Error
          ? code === "internal"
            ? (thrown.stack ?? thrown.message)
            : thrown.message
          : String(thrown),
    });
  } finally {
    log.close();
  }
}

function snapshotColumns(dataset: Dataset): SnapshotColumn[] {
  const statuses = Object.keys(exampleStatus);
  return [
    { name: "example_id", type: "VARCHAR", values: dataset.ids },
    { name: "tenant", type: "DOUBLE", values: Float64Array.from(dataset.tenants) },
    { name: "at_ms", type: "DOUBLE", values: dataset.atMs },
    { name: "status", type: "VARCHAR", values: Array.from(dataset.status, (status) => statuses[status]) },
    { name: "label", type: "DOUBLE", values: dataset.label },
    ...dataset.columns
      .finish()
      .map(
        ({ name, kind, values, categories }): SnapshotColumn =>
          kind === "number"
            ? { name, type: "DOUBLE", values }
            : { name, type: "VARCHAR", values: Array.from(values, (code) => categories[code] ?? null) },
      ),
  ];
}

function manifestOf(dataset: Dataset, columns: readonly SnapshotColumn[], data: LearnerWorkerData): SnapshotManifest {
  const count = (status: number): number => dataset.status.reduce((sum, value) => sum + (value === status ? 1 : 0), 0);
  return {
    model: dataset.model,
    rows: dataset.rowCount,
    labelled: count(exampleStatus.labelled),
    immature: count(exampleStatus.immature),
    unlabelled: count(exampleStatus.unlabelled),
    contentSha256: contentHash(columns),
    build: data.request.buildId,
    position: formatPosition(data.request.seqMax),
    asOfMs: data.request.nowMs,
    columns: dataset.columns.finish().map(({ name, kind }) => ({ name, kind })),
    git: data.git,
  };
}

function contentHash(columns: readonly SnapshotColumn[]): string {
  const hashes = columns.map((column) => {
    const bytes =
      column.type === "DOUBLE"
        ? new Uint8Array(column.values.buffer, column.values.byteOffset, column.values.byteLength)
        : Buffer.from(JSON.stringify(column.values));
    return `${column.name}:${column.type}:${sha256(bytes)}`;
  });
  return sha256(hashes.join("\n"));
}

await run(workerData);
