import { writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import type { Plan } from "../../plan/plan.ts";
import { agrees } from "../../service/verify/expected-feature.ts";
import type { Answer, Case } from "../../service/verify/mismatch.ts";
import { relevantStory } from "../../service/verify/relevant-story.ts";
import { shrinkStory } from "../../service/verify/shrink.ts";
import type { Story } from "../../service/verify/story.ts";
import { testText } from "../../service/verify/test-text.ts";
import { answerOf } from "./tell-story.ts";

export interface Shrunk {
  readonly case: Case;
  readonly answer: Answer;
}

type Tell = (tried: number, of: number) => void;

/**
 * The shortest story that was found to show a case's mismatch in an app of its own; undefined where not even the whole
 * one does: it is a matter of timing, or of what no story tells.
 */
export async function shrinkCase(config: string, plan: Plan, given: Case, tell?: Tell): Promise<Shrunk | undefined> {
  let last: Shrunk | undefined;
  const shows = async (story: Story): Promise<boolean> => {
    const tried = { ...given, story };
    const answer = await answerOf(config, tried);
    if (agrees(answer.found, answer.expected)) return false;
    last = { case: tried, answer };
    return true;
  };
  const own = relevantStory(plan, given.story, given.question);
  // What others sent matters only where tenants, or keys, are mixed up.
  for (const story of [own, given.story])
    if (await shows(story)) {
      await shrinkStory(plan, story, shows, tell);
      return last;
    }
  return undefined;
}

/** Writes a mismatch as a test. */
export function writeTest(
  file: string,
  config: string,
  { case: shrunk, answer }: Shrunk,
  origin: string,
): Promise<void> {
  const path = relative(dirname(file), config).replaceAll("\\", "/");
  const terms = { config: path.startsWith(".") ? path : `./${path}`, origin };
  return writeFile(file, testText(shrunk, answer, terms));
}
