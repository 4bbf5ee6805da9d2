import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { LmdbOnlineWriter } from "../drivers/lmdb/online-writer.ts";
import type { Plan } from "../plan/plan.ts";
import type { UpdateCost } from "../ports/workers.ts";
import { Applier, type ApplierState } from "../service/materialize/applier.ts";
import type { Catalogue } from "../service/materialize/event-decoder.ts";
import { UpdateCosts } from "../service/materialize/update-costs.ts";
import { type LogPlaces, openWholeLog } from "./whole-log.ts";

export interface ApplierWorkerData {
  readonly places: LogPlaces;
  readonly onlineDir: string;
  /** One BigInt64: the last durable position. */
  readonly committed: SharedArrayBuffer;
  /** Two: the last applied position, and how many commits the online store has had. */
  readonly applied: SharedArrayBuffer;
  readonly plans: readonly Plan[];
  readonly catalogue: Catalogue;
  /** Counts the plans: what is told of an older one says nothing of the lanes of a newer. */
  readonly planNumber: number;
}

export type ApplierReport = ApplierState & {
  readonly planNumber: number;
  readonly costs: Readonly<Record<string, UpdateCost>>;
};

export type ApplierRequest =
  | {
      readonly kind: "plans";
      readonly plans: readonly Plan[];
      readonly catalogue: Catalogue;
      readonly planNumber: number;
    }
  | { readonly kind: "drop"; readonly tenants: readonly number[]; readonly laneIds: readonly string[] }
  | { readonly kind: "keep"; readonly laneTimes: Readonly<Record<string, number>> }
  | { readonly kind: "close" };

/** How long the applier sleeps at most before it looks for requests. */
const idleMs = 20;

function threadCpuMicros(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function run(data: ApplierWorkerData): void {
  const port = parentPort!;
  const committed = new BigInt64Array(data.committed);
  const applied = new BigInt64Array(data.applied);
  const writer = new LmdbOnlineWriter(data.onlineDir);
  const reader = openWholeLog(data.places);
  const costs = new UpdateCosts(threadCpuMicros, () => performance.now());
  const applier = new Applier(reader, writer, costs);
  applier.setPlans(data.plans, data.catalogue);
  let { planNumber } = data;
  let told = "";
  const tell = (state: ApplierState): void => {
    Atomics.store(applied, 1, BigInt(applier.commits));
    Atomics.store(applied, 0, BigInt(state.main));
    Atomics.notify(applied, 0);
    const telling = JSON.stringify([planNumber, state.filling, costs.measured]);
    const report: ApplierReport = { ...state, planNumber, costs: costs.byLane };
    if (telling !== told) port.postMessage(report);
    told = telling;
  };
  tell(applier.state);
  for (;;) {
    const request: { message: ApplierRequest } | undefined = receiveMessageOnPort(port);
    if (request?.message.kind === "close") break;
    if (request?.message.kind === "plans") {
      applier.setPlans(request.message.plans, request.message.catalogue);
      planNumber = request.message.planNumber;
    }
    if (request?.message.kind === "drop") applier.drop(request.message.tenants, request.message.laneIds);
    if (request?.message.kind === "keep") applier.keepFrom(request.message.laneTimes);
    const seen = Atomics.load(committed, 0);
    const worked = applier.step();
    applier.sweep();
    tell(applier.state);
    if (!worked && request === undefined) Atomics.wait(committed, 0, seen, idleMs);
  }
  reader.close();
  writer.close();
  port.close();
}

run(workerData);
