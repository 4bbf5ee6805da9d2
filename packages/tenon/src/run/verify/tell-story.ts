import type { TrainedModelPlan } from "../../plan/plan.ts";
import { expectedExample, type SpineOf, spineEvents } from "../../service/verify/expected-example.ts";
import { type Expected, expectedFeature } from "../../service/verify/expected-feature.ts";
import { type KnownRow, knownRows } from "../../service/verify/known-rows.ts";
import type { Answer, Case } from "../../service/verify/mismatch.ts";
import type { FeatureRead, Happening, Question, Story } from "../../service/verify/story.ts";
import { type TestApp, type TestExample, testApp } from "../test-app.ts";

/** An app to which a story was told, and what the definitions say of it. */
export interface ToldApp {
  readonly app: TestApp;
  /** By tenant. */
  readonly rows: ReadonlyMap<string, readonly KnownRow[]>;
  /** The place in the story of each mark, and the app's position there. */
  readonly marks: ReadonlyMap<number, { readonly place: number; readonly position: string }>;
}

/** Lets a story happen to an app. */
export async function tellStory(
  app: TestApp,
  story: Story,
  tell: (share: number) => void = () => {},
): Promise<ToldApp> {
  const marks = new Map<number, { place: number; position: string }>();
  for (const [place, happening] of story.entries()) {
    app.clock(happening.atMs);
    if (happening.does === "mark") marks.set(happening.mark, { place, position: app.position() });
    else await happen(app, happening);
    tell((place + 1) / story.length);
  }
  return { app, marks, rows: Map.groupBy(knownRows(app.app.plan, story), ({ tenant }) => tenant) };
}

async function happen(app: TestApp, happening: Happening): Promise<void> {
  switch (happening.does) {
    case "send":
      await app[happening.imported ? "import" : "send"](happening.tenant, happening.event, happening.rows);
      return;
    case "put":
      await app.put(happening.tenant, happening.table, happening.rows);
      return;
    case "retract":
      return app.retract(happening.tenant, happening.event, happening.ids);
    case "restart":
      return app.restart();
  }
}

/** The columns of a read by the definition. */
export function expectedFeatures({ app, rows, marks }: ToldApp, read: FeatureRead): ReadonlyMap<string, Expected> {
  const { plan } = app.app;
  const set = plan.featureSets.find(({ name }) => name === read.set)!;
  const seqMax = marks.get(read.mark ?? -1)?.place ?? Number.POSITIVE_INFINITY;
  const known = { at: read.asOf === "served" ? read.atMs : Number.POSITIVE_INFINITY, seqMax };
  const terms = { tenant: read.tenant, key: String(read.key), at: read.atMs, known };
  const own = rows.get(read.tenant) ?? [];
  return new Map(set.columns.map((column) => [column.name, expectedFeature(plan, set, column, own, terms)]));
}

/** A read as the app takes it. */
export const testRead = ({ marks }: ToldApp, { mark, atMs, ...read }: FeatureRead) => ({
  ...read,
  at: atMs,
  position: marks.get(mark ?? -1)?.position,
});

/** The spine row of an example: an event, or an entity at a step, whose id is its key and its time. */
export function spineOf({ app, rows }: ToldApp, model: TrainedModelPlan, example: SpineId): SpineOf | undefined {
  if (model.spine.kind === "event")
    return spineEvents(app.app.plan, model, rows.get(example.tenant) ?? []).find(({ id }) => id === example.id);
  const key = example.id.slice(0, example.id.lastIndexOf("@"));
  const value = model.spine.columns[0]?.to?.keyType === "integer" ? Number(key) : key;
  return { ...example, values: [value] };
}

type SpineId = Pick<TestExample, "tenant" | "id" | "at">;

/** A model's inputs of an example by the definition. */
export const expectedInputs = ({ app, rows }: ToldApp, model: TrainedModelPlan, spine: SpineOf) =>
  expectedExample(app.app, model, rows.get(spine.tenant) ?? [], spine);

/** Tells a case to a new app: what that answers, and what it should. */
export async function answerOf(config: string, { startMs, endMs, story, question }: Case): Promise<Answer> {
  await using app = await testApp({ config, startsAt: startMs });
  const told = await tellStory(app, story);
  app.clock(endMs);
  // Awaited here: the app goes when this returns.
  return await (question.of === "feature" ? featureAnswer(told, question) : exampleAnswer(told, question));
}

async function featureAnswer(told: ToldApp, { read, column }: Question & { of: "feature" }): Promise<Answer> {
  const values = await told.app.features(testRead(told, read));
  return { found: values[column] ?? null, expected: expectedFeatures(told, read).get(column)! };
}

async function exampleAnswer(told: ToldApp, question: Question & { of: "example" }): Promise<Answer> {
  const model = trainedModels(told).find(({ name }) => name === question.model)!;
  const spine = spineOf(told, model, { ...question, at: question.atMs });
  const examples = await told.app.trainingSet(model.name);
  const example = examples.find(({ tenant, id }) => tenant === question.tenant && id === question.id);
  const { input } = question;
  if (input === undefined) return { found: example !== undefined, expected: exactly(spine !== undefined) };
  // Without its spine row there is nothing to compare: a story that lost it does not show the mismatch.
  if (spine === undefined || example === undefined) return { found: null, expected: exactly(null) };
  return {
    found: example.inputs[input] ?? null,
    expected: expectedInputs(told, model, spine).get(input) ?? exactly(null),
  };
}

export const exactly = (value: boolean | null): Expected => ({ value, tolerance: 0, isEstimate: false });

export const trainedModels = ({ app }: ToldApp): TrainedModelPlan[] =>
  app.app.plan.models.flatMap((model) => (model.source === "trained" ? [model] : []));
