import type { Plan } from "../../plan/plan.ts";
import type { Happening, Question, SentRow, Story } from "./story.ts";

/** What of a story should matter to a question: its tenant's rows of its keys. A guess, which is tried. */
export function relevantStory(plan: Plan, story: Story, question: Question): Story {
  const tenant = question.of === "feature" ? question.read.tenant : question.tenant;
  const mark = question.of === "feature" ? question.read.mark : undefined;
  const own = story.filter((happening) => happening.tenant === tenant);
  const asked = own.filter((happening) => happening.does !== "mark" || happening.mark === mark);
  const keys = keysOf(question, asked);
  const keyColumns = (event: string): string[] =>
    plan.lanes.filter((lane) => lane.event === event).map(({ by }) => by.column);
  const isOf = (event: string, row: SentRow): boolean =>
    (question.of === "example" && row.id === question.id) ||
    keyColumns(event).some((column) => keys.has(String(row[column])));
  const ids = new Set<string>();
  return asked.flatMap((happening): Happening[] => {
    if (happening.does === "retract") {
      const kept = happening.ids.filter((id) => ids.has(`${happening.event}/${id}`));
      return kept.length > 0 ? [{ ...happening, ids: kept }] : [];
    }
    if (happening.does !== "send" && happening.does !== "put") return [happening];
    const event = happening.does === "send" ? happening.event : happening.table;
    const rows = happening.rows.filter((row) => isOf(event, row));
    for (const { id } of rows) ids.add(`${event}/${id}`);
    return rows.length > 0 ? [{ ...happening, rows }] : [];
  });
}

/** Of a read its key; of an example whatever its row says, since a key is among it. */
function keysOf(question: Question, story: Story): ReadonlySet<string> {
  if (question.of === "feature") return new Set([String(question.read.key)]);
  const { id } = question;
  const rows = story.flatMap((happening) => (happening.does === "send" ? happening.rows : []));
  const spine = rows.filter((row) => row.id === id).flatMap((row) => Object.values(row).map(String));
  return new Set([...spine, id, id.slice(0, Math.max(0, id.lastIndexOf("@")))]);
}

/** Rows that were sent at one moment as one batch again: a shorter story to read. */
export function joinedStory(story: Story): Story {
  const joined: Happening[] = [];
  for (const happening of story) {
    const last = joined.at(-1);
    const isSame =
      last !== undefined &&
      "rows" in last &&
      "rows" in happening &&
      JSON.stringify({ ...last, rows: [] }) === JSON.stringify({ ...happening, rows: [] });
    if (isSame) joined[joined.length - 1] = { ...last, rows: [...last.rows, ...happening.rows] };
    else joined.push(happening);
  }
  return joined;
}

/** The rows and retractions of a story. */
export const eventsOf = (story: Story): number =>
  story.reduce(
    (count, happening) =>
      count + ("rows" in happening ? happening.rows.length : "ids" in happening ? happening.ids.length : 0),
    0,
  );
