import { TenonError } from "../../base/error.ts";

/** What the model learns: the probability of target 1, or the target's mean. */
export type TrainTask = "binary" | "regression";

/** What one round of training reached. */
export interface TrainProgress {
  /** Rounds done, from 1. */
  readonly round: number;
  /** Rounds that are planned; early stopping may end before. */
  readonly rounds: number;
  /** Mean log loss or mean squared error over the training rows. */
  readonly trainLoss: number;
  /** The same over the validation rows; undefined when there are none. */
  readonly validationLoss: number | undefined;
}

/** How trees are grown. Everything but the task has a default, which is that of the field's common tools. */
export interface TrainOptions {
  readonly task: TrainTask;
  /** Trees. Default 100. */
  readonly rounds?: number;
  /** Leaves of a tree. Default 31. */
  readonly leaves?: number;
  /** What a tree's values are multiplied with. Default 0.1. */
  readonly learningRate?: number;
  /** Rows on each side of a split, at least. Counts inside a histogram are estimated from its Hessian sums. Default 20. */
  readonly minRowsPerLeaf?: number;
  /** Sum of second derivatives on each side of a split, at least. Default 0.001. */
  readonly minHessianPerLeaf?: number;
  /** L2 penalty on leaf values. Default 0. */
  readonly l2?: number;
  /** What a split must gain, at least. Default 0. */
  readonly minGain?: number;
  /** Share of the rows that a tree sees, drawn anew for each. Default 1. */
  readonly rowFraction?: number;
  /** Share of the columns that a tree sees, drawn anew for each. Default 1. */
  readonly columnFraction?: number;
  /** Seed of the two draws above. Default 0. */
  readonly seed?: number;
  /** Most bins a number column is cut into, the missing bin included. Default 255. */
  readonly bins?: number;
  /** Added to the Hessian when categories are sorted, and the rows a category needs to take part. Default 10. */
  readonly categorySmooth?: number;
  /** L2 penalty on the leaf values of a many-against-many category split. Default 10. */
  readonly categoryL2?: number;
  /** Categories on the smaller side of a split, at most. Default 32. */
  readonly categoriesPerSplitMax?: number;
  /** A category column with at most this many bins is split one against the rest. Default 4. */
  readonly oneHotBinsMax?: number;
  /** Rows that each step through the sorted categories must add. Default 100. */
  readonly minRowsPerCategoryGroup?: number;
  /** Stop after this many rounds without a better validation loss, and keep the best round. Default 0: never. */
  readonly earlyStoppingRounds?: number;
  /** How many of the table's last rows are validation. Default: a fifth with early stopping, else 0. */
  readonly validationRows?: number;
  /** Train again on all rows with the number of rounds that validation found. Default false. */
  readonly refit?: boolean;
  /** Called after each round, on the training thread. What it throws ends the training. */
  readonly onRound?: (progress: TrainProgress) => void;
}

/** The options with every default filled in. */
export type TrainSettings = Required<Omit<TrainOptions, "onRound">>;

const share = (value: number): boolean => value > 0 && value <= 1;
const whole =
  (min: number, max: number) =>
  (value: number): boolean =>
    Number.isInteger(value) && value >= min && value <= max;
const notNegative = (value: number): boolean => value >= 0 && Number.isFinite(value);

/** What each numeric option accepts, in words and as a test. */
const accepted: readonly (readonly [keyof TrainSettings, string, (value: number) => boolean])[] = [
  ["rounds", "a whole number from 1 to 100,000", whole(1, 100_000)],
  ["leaves", "a whole number from 2 to 4,096", whole(2, 4_096)],
  ["learningRate", "above 0", (value) => value > 0 && Number.isFinite(value)],
  ["minRowsPerLeaf", "a whole number, at least 1", whole(1, 2 ** 31 - 1)],
  ["minHessianPerLeaf", "at least 0", notNegative],
  ["l2", "at least 0", notNegative],
  ["minGain", "at least 0", notNegative],
  ["rowFraction", "above 0 and at most 1", share],
  ["columnFraction", "above 0 and at most 1", share],
  ["seed", "a whole number from 0 to 4,294,967,295", whole(0, 2 ** 32 - 1)],
  ["bins", "a whole number from 2 to 255", whole(2, 255)],
  ["categorySmooth", "at least 0", notNegative],
  ["categoryL2", "at least 0", notNegative],
  ["categoriesPerSplitMax", "a whole number from 1 to 255", whole(1, 255)],
  ["oneHotBinsMax", "a whole number from 0 to 255", whole(0, 255)],
  ["minRowsPerCategoryGroup", "a whole number, at least 1", whole(1, 2 ** 31 - 1)],
  ["earlyStoppingRounds", "a whole number, at least 0", whole(0, 100_000)],
];

/**
 * The settings of a training on a table of `rowCount` rows.
 * @throws {TenonError} `input.invalid` naming the option that is out of bounds
 */
export function resolveOptions(options: TrainOptions, rowCount: number): TrainSettings {
  const { onRound: _, ...given } = options;
  const earlyStoppingRounds = given.earlyStoppingRounds ?? 0;
  const settings: TrainSettings = {
    rounds: 100,
    leaves: 31,
    learningRate: 0.1,
    minRowsPerLeaf: 20,
    minHessianPerLeaf: 1e-3,
    l2: 0,
    minGain: 0,
    rowFraction: 1,
    columnFraction: 1,
    seed: 0,
    bins: 255,
    categorySmooth: 10,
    categoryL2: 10,
    categoriesPerSplitMax: 32,
    oneHotBinsMax: 4,
    minRowsPerCategoryGroup: 100,
    earlyStoppingRounds,
    validationRows: earlyStoppingRounds > 0 ? Math.floor(rowCount / 5) : 0,
    refit: false,
    ...given,
  };
  for (const [name, needed, accepts] of accepted) {
    if (!accepts(settings[name] as number)) {
      throw new TenonError("input.invalid", `The training option ${name} is ${settings[name]}, it must be ${needed}.`);
    }
  }
  if (!whole(0, rowCount - 1)(settings.validationRows)) {
    throw new TenonError(
      "input.invalid",
      `validationRows is ${settings.validationRows}, at least one of ${rowCount} rows must remain.`,
    );
  }
  return settings;
}
