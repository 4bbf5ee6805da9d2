import { type Random, randomBelow } from "../../base/random.ts";
import { drawRead } from "../../service/verify/draw-read.ts";
import { pick } from "../../service/verify/draw-row.ts";
import { spineEvents } from "../../service/verify/expected-example.ts";
import { agrees, type Expected } from "../../service/verify/expected-feature.ts";
import type { Question } from "../../service/verify/story.ts";
import type { VerifyTally } from "./tally.ts";
import {
  exactly,
  expectedFeatures,
  expectedInputs,
  spineOf,
  type ToldApp,
  testRead,
  trainedModels,
} from "./tell-story.ts";

/** A value that is not what it has to be. */
export interface Mismatch {
  readonly question: Question;
  readonly found: unknown;
  readonly expected: Expected;
}

/** Reads of one story that go by way of the log: each reads all of it, in a thread of its own. */
const pastReadsMax = 5;
/** Reads drawn for one that is compared: those behind the online rows are passed over. */
const triesMax = 3;
/** Examples of one model and story whose inputs are compared; that each is there once is looked at for all. */
const examplesMax = 300;

/** Reads features at random times and positions; answers the first value that is not what the definition says. */
export async function compareReads(
  told: ToldApp,
  random: Random,
  o: { readonly tenant: string; readonly reads: number; readonly nowMs: number; readonly tally: VerifyTally },
): Promise<Mismatch | undefined> {
  const { plan } = told.app.app;
  const rows = told.rows.get(o.tenant) ?? [];
  const marks = [...told.marks.keys()];
  // Stories run no SQL: what a batch would answer, no definition tells.
  const sets = plan.featureSets.filter(({ batch }) => batch === undefined);
  for (let i = 0, tries = 0; i < o.reads && tries < o.reads * triesMax && sets.length > 0; tries++) {
    const set = pick(random, sets);
    const read = drawRead(plan, set, random, { tenant: o.tenant, rows, marks, nowMs: o.nowMs });
    const values = (await told.app.onlineFeatures(testRead(told, read))) ?? (await pastValues(told, read, o.tally));
    if (values === undefined) continue;
    i++;
    o.tally.reads++;
    for (const [column, expected] of expectedFeatures(told, read)) {
      o.tally.count(set.name, expected);
      const found = values[column] ?? null;
      if (!agrees(found, expected)) return { question: { of: "feature", read, column }, found, expected };
    }
  }
  return undefined;
}

async function pastValues(told: ToldApp, read: Parameters<typeof testRead>[1], tally: VerifyTally) {
  if (tally.pastReadsOfStory >= pastReadsMax) {
    tally.passedOver++;
    return undefined;
  }
  tally.pastReadsOfStory++;
  return told.app.features(testRead(told, read));
}

/** Reads the training set of every model; answers the first row or input that is not what the definition says. */
export async function compareTrainingSets(
  told: ToldApp,
  random: Random,
  tally: VerifyTally,
): Promise<Mismatch | undefined> {
  for (const model of trainedModels(told)) {
    const examples = await told.app.trainingSet(model.name);
    const questionOf = (one: { readonly tenant: string; readonly id: string; readonly at: number }, input?: string) =>
      ({ of: "example", model: model.name, tenant: one.tenant, id: one.id, atMs: one.at, input }) as const;
    const spines = [...told.rows.values()].flatMap((rows) => spineEvents(told.app.app.plan, model, rows));
    const there = new Map(examples.map((example) => [`${example.tenant}/${example.id}`, example]));
    const missing = spines.find(({ tenant, id }) => !there.has(`${tenant}/${id}`));
    if (missing !== undefined) return { question: questionOf(missing), found: false, expected: exactly(true) };
    const chosen = examples.length <= examplesMax ? examples : sample(examples, examplesMax, random);
    for (const example of chosen) {
      const spine = spineOf(told, model, example);
      if (spine === undefined) return { question: questionOf(example), found: true, expected: exactly(false) };
      for (const [input, expected] of expectedInputs(told, model, spine)) {
        tally.count(`training set of ${model.name}`, expected);
        const found = example.inputs[input] ?? null;
        if (!agrees(found, expected)) return { question: questionOf(example, input), found, expected };
      }
    }
  }
  return undefined;
}

const sample = <T>(list: readonly T[], count: number, random: Random): T[] =>
  Array.from({ length: count }, () => list[randomBelow(random, list.length)]);
