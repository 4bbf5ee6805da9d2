import type { Plan } from "../../plan/plan.ts";
import { agrees, type Expected, expectedFeature } from "./expected-feature.ts";
import type { KnownRow } from "./known-rows.ts";
import { keysOf, type LoggedOne } from "./logged-sample.ts";
import type { Case } from "./mismatch.ts";
import { eventsOf } from "./relevant-story.ts";
import type { Happening } from "./story.ts";

/** A logged value that is not what the definition says. */
export interface WrongValue {
  readonly set: string;
  readonly column: string;
  readonly key: string;
  readonly logged: unknown;
  readonly expected: Expected;
}

/** Recomputes a logged prediction's features as of its time and position: how many values, and which were others. */
export function recompute(
  plan: Plan,
  one: LoggedOne,
  rows: readonly KnownRow[],
): { readonly values: number; readonly wrong: readonly WrongValue[] } {
  const { entry, record } = one;
  const keys = keysOf(plan, one);
  const known = { at: entry.atMs, seqMax: record.position };
  const wrong: WrongValue[] = [];
  let values = 0;
  for (const served of record.features) {
    const set = plan.featureSets.find(({ name }) => name === served.set);
    const key = keys.get(served.set);
    if (set === undefined || key === undefined) continue;
    const read = { tenant: String(entry.tenant), key, at: entry.atMs, known };
    for (const [place, column] of set.columns.entries()) {
      const expected = expectedFeature(plan, set, column, rows, read);
      const logged: unknown = JSON.parse(JSON.stringify(served.values[place] ?? null));
      if (expected.isEstimate) continue;
      values++;
      if (!agrees(logged, expected)) wrong.push({ set: set.name, column: column.name, key, logged, expected });
    }
  }
  return { values, wrong };
}

/** What the log says of a key up to a prediction, as a story that can be told to a new app. */
export function caseOf(plan: Plan, { entry, record }: LoggedOne, wrong: WrongValue, rows: readonly KnownRow[]): Case {
  const tenant = "logged";
  const set = plan.featureSets.find(({ name }) => name === wrong.set);
  const lanes = (set?.columns ?? []).map(({ lane }) => plan.lanes[lane]);
  const told = rows
    .filter(({ loggedBy }) => loggedBy <= record.position)
    .filter(({ event, values }) =>
      lanes.some((lane) => lane.event === event && String(values[lane.by.column]) === wrong.key),
    )
    .flatMap((row) => happeningsOf(plan, row, record.position, tenant))
    .sort((a, b) => a.position - b.position)
    .map(({ happening }) => happening);
  const type = set?.keyType === "integer" ? Number(wrong.key) : wrong.key;
  const read = { tenant, set: wrong.set, key: type, atMs: entry.atMs, asOf: "served", mark: undefined } as const;
  const startMs = told[0]?.atMs ?? entry.atMs;
  const endMs = Math.max(entry.atMs, told.at(-1)?.atMs ?? startMs);
  return { startMs, endMs, story: told, question: { of: "feature", read, column: wrong.column } };
}

/** All is imported: so it is received when it was. */
function happeningsOf(plan: Plan, row: KnownRow, seqMax: number, tenant: string) {
  const { event, id, at, receivedAt, loggedAt, loggedBy, retracted, values } = row;
  const definition = plan.events.find(({ name }) => name === event);
  const isTable = definition?.table !== undefined;
  const looked = new Set(definition?.columns.flatMap(({ name, lookup }) => (lookup === undefined ? [] : [name])));
  const given = Object.fromEntries(
    Object.entries(values).filter(([name, value]) => value !== null && !looked.has(name)),
  );
  const sent: Happening = isTable
    ? { does: "put", atMs: loggedAt, tenant, table: event, rows: [{ ...given, validFrom: at, receivedAt }] }
    : { does: "send", atMs: loggedAt, tenant, event, rows: [{ id, at, ...given, receivedAt }], imported: true };
  const happenings: { readonly position: number; readonly happening: Happening }[] = [
    { position: loggedBy, happening: sent },
  ];
  if (retracted !== undefined && retracted.loggedBy <= seqMax)
    happenings.push({
      position: retracted.loggedBy,
      happening: { does: "retract", atMs: retracted.at, tenant, event, ids: [id] },
    });
  return happenings;
}

/** Whether a case is short enough to be told again and again. */
export const isTellable = ({ story }: Case, rowsMax: number): boolean => eventsOf(story) <= rowsMax;
