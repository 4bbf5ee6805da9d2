import { isDeepStrictEqual } from "node:util";
import { type ErrorCode, type ErrorPlace, messageOf } from "../base/error.ts";
import { hash32 } from "../base/hash.ts";
import { type Random, seededRandom } from "../base/random.ts";
import { type AnswerKind, AnswerKinds } from "./answer-kinds.ts";
import { isPlainObject } from "./check-name.ts";
import { outputOf } from "./check-prediction.ts";
import { describe } from "./describe.ts";
import { fits, typeOf } from "./fits.ts";
import type { ColumnPlan, CompiledApp, Plan, PredictionPlan, SpinePlan } from "./plan.ts";
import { withPoison } from "./poison.ts";
import { sampleDelivery, sampleFeatures, sampleRow, sampleSpineRow } from "./sample-row.ts";

export interface PurityReport {
  /** What must be mended: functions that are impure, wait, or answer what no column holds. */
  readonly mistakes: readonly ErrorPlace[];
  /** Functions that throw on a sample, which may be unlike any real row. */
  readonly warnings: readonly PurityWarning[];
  /** The columns of each on-demand function, as far as its answers show them. */
  readonly onDemandColumns: Readonly<Record<string, readonly { readonly name: string; readonly kind: AnswerKind }[]>>;
}

export interface PurityWarning {
  readonly path: string;
  readonly message: string;
}

/** One function with what it is called with. */
interface Subject {
  readonly path: string;
  readonly call: (input: Record<string, unknown>) => unknown;
  readonly sample: (random: Random, isEmpty: boolean) => Record<string, unknown>;
  /** Checks an answer that was the same twice. */
  readonly check: (answer: Readonly<Record<string, unknown>>) => void;
  /** No sample is like what it is called with, so that it may well throw. */
  readonly mayThrow?: true;
  /** Its answer is no object. */
  readonly answersText?: true;
}

type Answer = { readonly value: unknown } | { readonly thrown: string };

/**
 * Calls every function of an app twice on sample rows, while the machine's clock, time zone and random numbers answer
 * differently each time: what differs then would differ between training and serving.
 */
export function checkPurity(
  compiled: CompiledApp,
  o: { readonly seed?: number; readonly rows?: number } = {},
): PurityReport {
  const { seed = 1, rows = 24 } = o;
  const mistakes: ErrorPlace[] = [];
  const warnings: PurityWarning[] = [];
  const add = (code: ErrorCode, path: string, message: string): void => {
    // The first of a kind says it all: every row would repeat it.
    if (!mistakes.some((place) => place.path === path && place.code === code)) mistakes.push({ code, path, message });
  };
  const kinds = new Map<string, AnswerKinds>();
  for (const subject of subjectsOf(compiled, kinds, add)) {
    for (let row = 0; row < rows; row++) {
      const sample = (): Record<string, unknown> =>
        subject.sample(seededRandom(hash32(`${subject.path} ${row}`, seed)), row === 0);
      const [first, second] = [
        withPoison(0, () => answerOf(subject, sample)),
        withPoison(1, () => answerOf(subject, sample)),
      ];
      const on = `on the sample ${JSON.stringify(sample())}`;
      if ("thrown" in first && "thrown" in second) {
        if (!subject.mayThrow && !warnings.some((warning) => warning.path === subject.path)) {
          warnings.push({ path: subject.path, message: `throws ${on}: ${first.thrown}` });
        }
      } else if ([first, second].some((answer) => "value" in answer && isThenable(answer.value))) {
        add(
          "define.impure",
          subject.path,
          "answers a promise; a function of the plan is synchronous and reads nothing but its input",
        );
      } else if (!isDeepStrictEqual(first, second)) {
        const message = `answers ${show(first)} and then ${show(second)} ${on}; take time, zone and randomness from the row (getUTCHours, not getHours)`;
        add("define.impure", subject.path, message);
      } else if ("value" in first && isPlainObject(first.value)) {
        subject.check(first.value);
      } else if (!subject.answersText) {
        add(
          "define.column",
          subject.path,
          `answers ${describe("value" in first ? first.value : undefined)} ${on}; it needs to answer an object`,
        );
      }
    }
  }
  return { mistakes, warnings, onDemandColumns: columnsOf(kinds, warnings) };
}

function answerOf({ call }: Subject, sample: () => Record<string, unknown>): Answer {
  // Samples are drawn under the same poison; they take nothing from the machine.
  const input = frozen(sample());
  try {
    const value = call(input);
    if (isThenable(value)) Promise.resolve(value).catch(() => {});
    return { value };
  } catch (thrown) {
    return { thrown: messageOf(thrown) };
  }
}

function* subjectsOf(
  { plan, functions }: CompiledApp,
  kinds: Map<string, AnswerKinds>,
  add: (code: ErrorCode, path: string, message: string) => void,
): Generator<Subject> {
  for (const { name, spine, uses } of plan.onDemand) {
    const path = `onDemand ${name}`;
    const rows = spineOf(plan, name, spine);
    const compute = functions.compute[name];
    if (rows === undefined || compute === undefined) continue;
    const answers = new AnswerKinds(path, add);
    kinds.set(name, answers);
    yield {
      path,
      sample: (random, isEmpty) => ({
        row: frozen(sampleSpineRow(rows, random)),
        features: frozen(sampleFeatures(plan, uses, isEmpty, random)),
      }),
      call: (input) => compute(input as { row: object; features: object }),
      check: (answer) => answers.take(answer),
    };
  }
  yield* deliverySubjects({ plan, functions });
  for (const model of plan.models) {
    const code = functions.code[model.name];
    if (model.source !== "pretrained" || code === undefined) continue;
    yield {
      path: `model ${model.name}`,
      sample: (random) => sampleSpineRow(model.spine, random),
      call: code,
      check: (answer) => checkOutput(answer, model.output, `model ${model.name}`, add),
    };
  }
  for (const prediction of plan.predictions) {
    yield* ruleSubject({ plan, functions }, prediction, add);
    const decide = functions.decide[prediction.name];
    const model = plan.models.find((candidate) => candidate.name === prediction.model);
    if (decide === undefined || model === undefined) continue;
    yield {
      path: `prediction ${prediction.name}`,
      sample: (random) => (isBinary(model) ? { score: random() } : sampleRow(outputOf(model), random)),
      call: decide,
      check: () => {},
    };
  }
}

function* ruleSubject(
  { plan, functions }: CompiledApp,
  { name, model: of }: PredictionPlan,
  add: (code: ErrorCode, path: string, message: string) => void,
): Generator<Subject> {
  const [rule, model] = [functions.rule[name], plan.models.find((candidate) => candidate.name === of)];
  if (rule === undefined || model === undefined) return;
  const path = `prediction ${name}.rule`;
  yield {
    path,
    sample: (random) => sampleSpineRow(model.spine, random),
    call: rule,
    check: (answer) => checkOutput(answer, outputOf(model), path, add),
  };
}

function* deliverySubjects({ plan, functions }: CompiledApp): Generator<Subject> {
  for (const { name, source } of plan.events) {
    if (source === undefined || source.kind === "postgresQuery") continue;
    const [map, tenantOf] = [functions.map[name], functions.tenantOf[name]];
    const shared = { sample: () => sampleDelivery(source), check: () => {}, mayThrow: true } as const;
    if (map !== undefined) yield { ...shared, path: `event ${name}.from.map`, call: map };
    if (tenantOf !== undefined)
      yield { ...shared, path: `event ${name}.from.tenant`, call: tenantOf, answersText: true };
  }
}

const isBinary = (model: Plan["models"][number]): boolean => model.source === "trained" && model.task === "binary";

/** The spine of an on-demand function is that of a model which lists it. */
const spineOf = (plan: Plan, onDemand: string, spine: string): SpinePlan | undefined =>
  plan.models.find(
    (model) => model.source === "trained" && model.spine.name === spine && model.onDemand.includes(onDemand),
  )?.spine;

function checkOutput(
  answer: Readonly<Record<string, unknown>>,
  output: readonly ColumnPlan[],
  path: string,
  add: (code: ErrorCode, path: string, message: string) => void,
): void {
  for (const column of output) {
    const value = Object.hasOwn(answer, column.name) ? answer[column.name] : undefined;
    if (fits(column, value)) continue;
    add(
      "define.column",
      `${path}.output.${column.name}`,
      `"${column.name}" is ${typeOf(column)}; the function answers ${describe(value)}`,
    );
  }
}

function columnsOf(
  kinds: ReadonlyMap<string, AnswerKinds>,
  warnings: PurityWarning[],
): PurityReport["onDemandColumns"] {
  return Object.fromEntries(
    [...kinds].map(([name, answers]) => {
      for (const column of answers.unknown()) {
        warnings.push({
          path: `onDemand ${name}.${column}`,
          message: "is null on every sample, so that its type is not known",
        });
      }
      return [name, answers.columns()];
    }),
  );
}

const frozen = <T extends object>(value: T): T => Object.freeze(value);

const isThenable = (value: unknown): boolean =>
  value !== null && typeof value === "object" && "then" in value && typeof value.then === "function";

const show = (answer: Answer): string =>
  "thrown" in answer ? `the error "${answer.thrown}"` : (JSON.stringify(answer.value) ?? String(answer.value));
