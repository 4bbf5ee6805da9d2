import { join } from "node:path";
import { type Random, seededRandom } from "../../base/random.ts";
import type { Plan } from "../../plan/plan.ts";
import { StoryDrawer } from "../../service/verify/draw-story.ts";
import { questionText } from "../../service/verify/mismatch.ts";
import { eventsOf } from "../../service/verify/relevant-story.ts";
import type { Story } from "../../service/verify/story.ts";
import { testApp } from "../test-app.ts";
import { compareReads, compareTrainingSets, type Mismatch } from "./compare-story.ts";
import { type Shrunk, shrinkCase, writeTest } from "./shrink-case.ts";
import { VerifyTally } from "./tally.ts";
import { type ToldApp, tellStory } from "./tell-story.ts";

export interface VerifyOptions {
  readonly configFile: string;
  readonly histories: number;
  readonly seed: number;
  /** Where the test of a mismatch is written. */
  readonly outDir: string;
  readonly onProgress: (done: number, detail: string) => void;
  readonly onShrinking: (tried: number, of: number) => void;
}

export interface VerifyReport {
  readonly tally: VerifyTally;
  readonly mismatch: FoundMismatch | undefined;
}

export interface FoundMismatch {
  readonly what: string;
  readonly found: unknown;
  readonly expected: unknown;
  /** The failing test, and how many events it has; undefined where no app of its own shows the mismatch again. */
  readonly test: { readonly file: string; readonly events: number } | undefined;
}

/** An app is many short histories, or a few long ones whose lanes grow trees of tiles. */
const shapes = [
  { tenants: 20, rows: 60, reads: 12 },
  { tenants: 10, rows: 150, reads: 16 },
  { tenants: 2, rows: 1_200, reads: 100 },
] as const;
const startMs = Date.parse("2026-01-01T00:00:00Z");

/** Compares what an app answers with what its definitions say, over random histories; stops at the first mismatch. */
export async function verify(o: VerifyOptions): Promise<VerifyReport> {
  const random = seededRandom(o.seed);
  const tally = new VerifyTally();
  for (let round = 0; tally.histories < o.histories; round++) {
    const shape = shapes[round % shapes.length];
    const tenants = Math.min(shape.tenants, o.histories - tally.histories);
    const mismatch = await oneStory(random, { ...shape, tenants }, tally, o);
    if (mismatch !== undefined) return { tally, mismatch };
  }
  return { tally, mismatch: undefined };
}

type Shape = { readonly tenants: number; readonly rows: number; readonly reads: number };

async function oneStory(
  random: Random,
  shape: Shape,
  tally: VerifyTally,
  o: VerifyOptions,
): Promise<FoundMismatch | undefined> {
  await using app = await testApp({ config: o.configFile, startsAt: startMs });
  tally.batches = app.app.plan.featureSets.flatMap(({ name, batch }) => (batch === undefined ? [] : [name]));
  const names = Array.from({ length: shape.tenants }, (_, i) => `t${i}`);
  const story = new StoryDrawer(app.app.plan, random).draw({ startMs, tenants: names, rows: shape.rows });
  const endMs = story.at(-1)?.atMs ?? startMs;
  const before = tally.histories / o.histories;
  const told = await tellStory(app, story, (share) =>
    o.onProgress(before + (share * shape.tenants) / o.histories / 2, "events"),
  );
  countStory(tally, story, told.rows);
  const mismatch = await firstMismatch(told, random, { names, reads: shape.reads, endMs, tally });
  tally.histories += shape.tenants;
  if (mismatch !== undefined) return await written(mismatch, story, endMs, app.app.plan, o);
  o.onProgress(tally.histories / o.histories, `${tally.histories} histories, ${tally.reads} reads`);
  return undefined;
}

async function firstMismatch(
  told: ToldApp,
  random: Random,
  o: { readonly names: readonly string[]; readonly reads: number; readonly endMs: number; readonly tally: VerifyTally },
): Promise<Mismatch | undefined> {
  for (const tenant of o.names) {
    const found = await compareReads(told, random, { tenant, reads: o.reads, nowMs: o.endMs, tally: o.tally });
    if (found !== undefined) return found;
  }
  return compareTrainingSets(told, random, o.tally);
}

function countStory(tally: VerifyTally, story: Story, rows: ReadonlyMap<string, readonly unknown[]>): void {
  tally.pastReadsOfStory = 0;
  tally.restarts += story.filter(({ does }) => does === "restart").length;
  for (const own of rows.values()) tally.rows += own.length;
}

/** Makes a mismatch's story short and writes it as a test. */
async function written(
  { question, found, expected }: Mismatch,
  story: Story,
  endMs: number,
  plan: Plan,
  o: VerifyOptions,
): Promise<FoundMismatch> {
  const what = questionText(question);
  const shrunk: Shrunk | undefined = await shrinkCase(
    o.configFile,
    plan,
    { startMs, endMs, story, question },
    o.onShrinking,
  );
  if (shrunk === undefined) return { what, found, expected: expected.value, test: undefined };
  const file = join(o.outDir, `tenon-mismatch-${o.seed}.test.ts`);
  await writeTest(file, o.configFile, shrunk, `Written by tenon verify --seed ${o.seed}.`);
  const { answer } = shrunk;
  const test = { file, events: eventsOf(shrunk.case.story) };
  return { what, found: answer.found, expected: answer.expected.value, test };
}
