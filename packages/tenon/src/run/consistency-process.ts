// Recomputes logged predictions of one round, and ends. It reads the whole log, and a mismatch starts apps: nobody waits.
import { chmod, mkdir } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { basename, join } from "node:path";
import { limit } from "../base/limit.ts";
import { seededRandom } from "../base/random.ts";
import { readBuild } from "../plan/build.ts";
import type { CompiledApp } from "../plan/plan.ts";
import type { ConsistencyRequest, ConsistencyRound, LoggedMismatch } from "../ports/workers.ts";
import type { KnownRow } from "../service/verify/known-rows.ts";
import { caseOf, isTellable, recompute, type WrongValue } from "../service/verify/logged-features.ts";
import { type LoggedOne, rowsOfSample, sampleLogged } from "../service/verify/logged-sample.ts";
import { shrinkCase, writeTest } from "./verify/shrink-case.ts";
import { type LogPlaces, openWholeLog } from "./whole-log.ts";

export interface ConsistencyProcessRequest {
  readonly places: LogPlaces;
  readonly buildsDir: string;
  readonly configFile: string;
  /** Where tests of mismatches are written. */
  readonly outDir: string;
  readonly request: ConsistencyRequest;
}

export type ConsistencyProcessAnswer = { readonly round: ConsistencyRound } | { readonly error: string };

try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // Some containers forbid it: the work is the same, only less polite.
}

async function check(o: ConsistencyProcessRequest): Promise<ConsistencyRound> {
  const { buildId, catalogue, afterSeq } = o.request;
  const app = await readBuild(o.buildsDir, buildId);
  const log = openWholeLog(o.places);
  const random = seededRandom(afterSeq);
  const sample = sampleLogged(log, app.plan, catalogue, { ...o.request, random });
  const rows = sample.length === 0 ? undefined : rowsOfSample(log, app.plan, catalogue, sample);
  log.close();
  return rows === undefined ? { checked: {}, mismatches: [] } : compare(o, app, sample, rows);
}

async function compare(
  o: ConsistencyProcessRequest,
  app: CompiledApp,
  sample: readonly LoggedOne[],
  rows: ReadonlyMap<number, readonly KnownRow[]>,
): Promise<ConsistencyRound> {
  const checked: Record<string, { predictions: number; values: number }> = {};
  const mismatches: LoggedMismatch[] = [];
  let tests = 0;
  for (const one of sample) {
    const { tenant } = one.entry;
    const own = rows.get(tenant) ?? [];
    const { values, wrong } = recompute(app.plan, one, own);
    const before = checked[tenant] ?? { predictions: 0, values: 0 };
    checked[tenant] = { predictions: before.predictions + 1, values: before.values + values };
    for (const value of wrong) {
      const test = tests < o.request.testsMax ? await testOf(o, app, one, value, own) : null;
      if (test !== null) tests++;
      mismatches.push(mismatchOf(one, value, test));
    }
  }
  return { checked, mismatches };
}

const mismatchOf = ({ entry, record }: LoggedOne, value: WrongValue, test: string | null): LoggedMismatch => ({
  tenant: entry.tenant,
  prediction: record.prediction,
  id: entry.id,
  atMs: entry.atMs,
  position: record.position,
  column: `${value.set}.${value.column}`,
  key: value.key,
  logged: value.logged,
  expected: value.expected.value,
  test,
});

/** Its events as a failing test; null where they are many, or where a new app does not show it. */
async function testOf(
  o: ConsistencyProcessRequest,
  { plan }: CompiledApp,
  one: LoggedOne,
  value: WrongValue,
  rows: readonly KnownRow[],
): Promise<string | null> {
  // No story publishes a run.
  if (plan.featureSets.some(({ name, batch }) => name === value.set && batch !== undefined)) return null;
  const found = caseOf(plan, one, value, rows);
  if (!isTellable(found, limit.consistencyStoryRowsMax)) return null;
  const shrunk = await shrinkCase(o.configFile, plan, found);
  if (shrunk === undefined) return null;
  await mkdir(o.outDir, { recursive: true, mode: 0o700 });
  const file = join(o.outDir, `tenon-mismatch-${one.entry.id}.test.ts`);
  await writeTest(file, o.configFile, shrunk, `Written by the app: the prediction ${one.entry.id} was made with it.`);
  // It holds a customer's events.
  await chmod(file, 0o600);
  return basename(file);
}

process.once("message", (o: ConsistencyProcessRequest) => {
  check(o)
    .then(
      (round): ConsistencyProcessAnswer => ({ round }),
      (thrown: unknown): ConsistencyProcessAnswer => ({
        error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
      }),
    )
    .then((answer) => process.send?.(answer, () => process.exit(0)));
});
process.on("disconnect", () => process.exit(0));
