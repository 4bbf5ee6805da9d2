import { type Plan, sentColumns } from "../../plan/plan.ts";
import { joinedStory } from "./relevant-story.ts";
import type { Happening, SentRow, Story } from "./story.ts";

/** Whether a story still shows the mismatch: tells it to a real app. */
export type Shows = (story: Story) => Promise<boolean>;

/** Stories told while one is made shorter: each starts an app. */
const attemptsMax = 120;

/** Tries stories until as many were tried as may be. */
class Attempts {
  readonly #shows: Shows;
  readonly #tell: (tried: number, of: number) => void;
  #tried = 0;

  constructor(shows: Shows, tell: (tried: number, of: number) => void) {
    this.#shows = shows;
    this.#tell = tell;
  }

  async shows(story: Story): Promise<boolean> {
    if (this.#tried >= attemptsMax) return false;
    this.#tell(++this.#tried, attemptsMax);
    return this.#shows(story);
  }
}

/**
 * A shorter story that shows the same: fewest columns, then fewest rows. It is a story that was
 * told and did show it; the given one where none shorter does.
 * @source delta debugging: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", TSE 2002
 */
export async function shrinkStory(
  plan: Plan,
  story: Story,
  shows: Shows,
  tell: (tried: number, of: number) => void = () => {},
): Promise<Story> {
  const attempts = new Attempts(shows, tell);
  const single = story.flatMap(singles);
  const whole = (await attempts.shows(single)) ? single : story;
  const fewest = await fewestOf(await plainest(plan, whole, attempts), attempts);
  const joined = joinedStory(fewest);
  return (await shows(joined)) ? joined : fewest;
}

/** A happening for each row. */
function singles(happening: Happening): Happening[] {
  if (happening.does === "send" || happening.does === "put")
    return happening.rows.map((row) => ({ ...happening, rows: [row] }));
  if (happening.does === "retract") return happening.ids.map((id) => ({ ...happening, ids: [id] }));
  return [happening];
}

/** Takes parts away, first halves, then ever smaller ones, until no single happening can go. */
async function fewestOf(story: Story, attempts: Attempts): Promise<Story> {
  let kept = story;
  for (let size = Math.ceil(kept.length / 2); size >= 1 && kept.length > 1; ) {
    const before = kept.length;
    kept = await withoutParts(kept, size, attempts);
    if (size > 1) size = Math.min(Math.ceil(size / 2), kept.length);
    else if (kept.length === before) break;
  }
  return kept;
}

/** From the newest back: what came last matters least often. */
async function withoutParts(story: Story, size: number, attempts: Attempts): Promise<Story> {
  let kept = story;
  for (let end = kept.length; end > 0; end -= size) {
    const rest = [...kept.slice(0, Math.max(0, end - size)), ...kept.slice(end)];
    if (rest.length > 0 && (await attempts.shows(rest))) kept = rest;
  }
  return kept;
}

/** Takes values away, column by column: null where it may be, and otherwise the plainest that there is. */
async function plainest(plan: Plan, story: Story, attempts: Attempts): Promise<Story> {
  let kept = story;
  for (const event of plan.events)
    for (const column of sentColumns(event)) {
      const nullable = event.table === undefined ? column.nullable : !event.table.required.includes(column.name);
      const plain = plainValue({ ...column, nullable });
      if (plain === undefined) continue;
      const plainer = kept.map((happening) => withValue(happening, event.name, column.name, plain));
      const isChange = JSON.stringify(plainer) !== JSON.stringify(kept);
      if (isChange && (await attempts.shows(plainer))) kept = plainer;
    }
  return kept;
}

function withValue(
  happening: Happening,
  event: string,
  column: string,
  value: string | number | false | null,
): Happening {
  const isOf =
    (happening.does === "send" && happening.event === event) || (happening.does === "put" && happening.table === event);
  if (!isOf) return happening;
  const plainRow = (row: SentRow): SentRow => {
    if (!Object.hasOwn(row, column)) return row;
    const { [column]: _, ...rest } = row;
    // What is not sent is null.
    return value === null ? rest : { ...row, [column]: value };
  };
  return { ...happening, rows: happening.rows.map(plainRow) };
}

/** Undefined for references: they say whose a row is. */
function plainValue({ type, nullable, values }: Plan["events"][number]["columns"][number]) {
  if (nullable) return null;
  if (type === "ref") return undefined;
  if (type === "flag") return false;
  if (type === "oneOf") return values[0];
  return type === "text" ? "" : 0;
}
