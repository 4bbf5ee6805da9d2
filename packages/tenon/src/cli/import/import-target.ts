import { TenonError } from "../../base/error.ts";
import { suggestion } from "../../base/nearest.ts";
import type { AppDescription, ColumnDescription, EventsAnswer, PutAnswer } from "../../server/wire.ts";
import type { AppSocket } from "../app-socket.ts";

/** What stands beside the columns of a row. */
export interface EnvelopeColumn {
  readonly name: string;
  readonly type: ColumnDescription["type"];
  /** A column of the file that is to be it has a value in every row. */
  readonly isNeeded: boolean;
}

/** Rows that a step sent, as they were taken. */
export type Taken = PutAnswer & Partial<Pick<EventsAnswer, "duplicate" | "conflict">>;

/** What rows of a file are made to fit. */
export interface RowShape {
  readonly kind: "event" | "table" | "prediction";
  readonly columns: readonly ColumnDescription[];
  readonly envelope: readonly EnvelopeColumn[];
}

/** Where a file's rows go: an event or a table. */
export interface ImportTarget extends RowShape {
  readonly kind: "event" | "table";
  readonly name: string;
  /** Columns whose key is a whole number. */
  readonly wholeKeys: ReadonlySet<string>;
  send(terms: URLSearchParams, rows: readonly unknown[]): Promise<Taken>;
}

export type TargetOf = (app: AppSocket, name: string) => Promise<ImportTarget>;

/** @throws event.unknown with the nearest name */
export const eventTarget: TargetOf = async (app, name) => {
  const described = await app.get<AppDescription>("/app");
  const event = described.events.find((candidate) => candidate.name === name);
  if (event === undefined) {
    const names = described.events.map((candidate) => candidate.name);
    throw new TenonError("event.unknown", `the app has no event "${name}".${suggestion(name, names)}`);
  }
  const columns = event.columns.filter(({ lookup }) => lookup === undefined);
  const path = `/events/${encodeURIComponent(name)}`;
  return {
    kind: "event",
    name,
    columns,
    envelope: [{ name: "id", type: "text", isNeeded: true }, { name: "at", type: "time", isNeeded: true }, receivedAt],
    wholeKeys: wholeKeysOf(columns, described),
    send: (terms, rows) => app.post<EventsAnswer>(`${path}?${terms}`, rows),
  };
};

/** @throws table.unknown with the nearest name */
export const tableTarget: TargetOf = async (app, name) => {
  const described = await app.get<AppDescription>("/app");
  const table = described.featureSets.find((set) => set.name === name && set.table !== null)?.table;
  if (table === undefined || table === null) {
    const names = described.featureSets.flatMap((set) => (set.table === null ? [] : [set.name]));
    throw new TenonError("table.unknown", `the app has no table "${name}".${suggestion(name, names)}`);
  }
  const path = `/tables/${encodeURIComponent(name)}`;
  return {
    kind: "table",
    name,
    columns: table.columns,
    envelope: [
      { name: "validFrom", type: "time", isNeeded: true },
      { name: "deleted", type: "flag", isNeeded: false },
      receivedAt,
    ],
    wholeKeys: wholeKeysOf(table.columns, described),
    send: (terms, rows) => app.put<PutAnswer>(`${path}?${terms}`, rows),
  };
};

const receivedAt = { name: "receivedAt", type: "time", isNeeded: false } as const;

export function wholeKeysOf(columns: readonly ColumnDescription[], { entities }: AppDescription): ReadonlySet<string> {
  const whole = entities.filter(({ keyType }) => keyType === "integer").map(({ name }) => name);
  return new Set(columns.flatMap(({ name, to }) => (to !== undefined && whole.includes(to) ? [name] : [])));
}
