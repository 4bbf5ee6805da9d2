import type { GradientBoostingOptions, Trainer } from "../define/trainer.ts";
import { checkOptions } from "./check-options.ts";
import { describe } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";

interface Bound {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

/** What each option may be. The upper ends bound the time and memory of one training. */
const trainerBounds: Readonly<Record<keyof GradientBoostingOptions, Bound>> = {
  rounds: { min: 1, max: 10_000, whole: true },
  leaves: { min: 2, max: 4_096, whole: true },
  learningRate: { min: Number.MIN_VALUE, max: 1, whole: false },
  minRowsPerLeaf: { min: 1, max: 1_000_000_000, whole: true },
  earlyStoppingRounds: { min: 1, max: 10_000, whole: true },
  seed: { min: 0, max: 0xffff_ffff, whole: true },
};

/** Checks a model's trainer: its kind, its options and their bounds. */
export function checkTrainer(trainer: Trainer, path: string, mistakes: Mistakes): void {
  if (trainer?.trainer !== "gradientBoosting") {
    mistakes.add("define.reference", path, `needs a trainer, such as gradientBoosting(); found ${describe(trainer)}`);
    return;
  }
  const options: Readonly<Record<string, unknown>> = { ...trainer.options };
  checkOptions("gradientBoosting", Object.keys(options), path, mistakes);
  for (const [name, { min, max, whole }] of Object.entries(trainerBounds)) {
    const value = options[name];
    if (value === undefined) continue;
    const isInside = typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value));
    if (isInside) continue;
    const range = whole ? `a whole number from ${min} to ${max}` : `greater than 0 and at most ${max}`;
    mistakes.add("config.invalid", `${path}.${name}`, `${name} is ${range}; found ${describe(value)}`);
  }
}
