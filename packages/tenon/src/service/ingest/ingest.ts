import { ByteWriter } from "../../base/bytes.ts";
import { formatDurationMs } from "../../base/duration.ts";
import { type ErrorPlace, TenonError } from "../../base/error.ts";
import { newId } from "../../base/id.ts";
import { limit } from "../../base/limit.ts";
import { suggestion } from "../../base/nearest.ts";
import { type EventPlan, lookedUpColumns, type Plan, sentColumns } from "../../plan/plan.ts";
import { RowEncoder } from "../../plan/row-codec.ts";
import { isMistake, RowValidator } from "../../plan/row-validator.ts";
import { appended, type EventLog, type LogItem } from "../../ports/event-log.ts";
import type { Catalogue } from "../materialize/event-decoder.ts";
import { deadTopic, encodeDeadLetter } from "./dead-letter.ts";
import { type ImportMode, receivedAtOf, takeReceivedAt } from "./import-mode.ts";
import type { LookUp, LookUpOf } from "./lookups.ts";
import { TableIntake } from "./table-intake.ts";

export interface Reject {
  readonly index: number;
  readonly places: readonly ErrorPlace[];
}

/** What became of a batch of events. */
export interface Ingested {
  readonly accepted: number;
  readonly duplicate: number;
  readonly conflict: number;
  /** Later than the event's `late`: kept as dead letters. */
  readonly late: number;
  readonly rejected: readonly Reject[];
  readonly rejectedCount: number;
  readonly lastSeq: number;
}

/** How events of one name become log items. */
interface Intake {
  readonly event: EventPlan;
  readonly topic: number;
  /** Where what is too late is kept. */
  readonly deadTopic: number;
  readonly validator: RowValidator;
  readonly encoder: RowEncoder;
  readonly lookUp: LookUp | undefined;
}

export interface TakeOptions {
  readonly mode?: ImportMode | undefined;
  /** One bad row, and none is taken. */
  readonly isWhole?: boolean;
}

/** Takes events in: validates each, and answers when the good ones are durable. */
export class Ingest {
  readonly #log: EventLog;
  readonly #nowMs: () => number;
  readonly #lookUpOf: LookUpOf;
  readonly #bytes = new ByteWriter();
  #intakes = new Map<string, Intake>();
  #tables = new Map<string, TableIntake>();

  constructor(log: EventLog, nowMs: () => number, lookUpOf: LookUpOf) {
    this.#log = log;
    this.#nowMs = nowMs;
    this.#lookUpOf = lookUpOf;
  }

  setPlan(plan: Plan, catalogue: Catalogue): void {
    this.#intakes = new Map();
    this.#tables = new Map();
    for (const event of plan.events) {
      // The newest schema of these columns: an older one may have been written by an earlier build.
      const schema = catalogue.schemas
        .filter((candidate) => candidate.event === event.name && sameColumns(candidate.columns, event))
        .at(-1);
      const topic = catalogue.topics[event.name];
      if (event.batch) continue;
      if (event.table !== undefined) {
        this.#tables.set(event.name, new TableIntake(event, event.table, topic, schema?.id ?? 0));
        continue;
      }
      this.#intakes.set(event.name, {
        event,
        topic,
        deadTopic: catalogue.topics[deadTopic(event.name)],
        validator: new RowValidator(sentColumns(event), true, lookedUpColumns(event)),
        encoder: new RowEncoder(event.columns, schema?.id ?? 0),
        lookUp: this.#lookUpOf(event),
      });
    }
  }

  /** @throws event.unknown with the nearest name */
  #intake(name: string): Intake {
    const intake = this.#intakes.get(name);
    if (intake === undefined) {
      throw new TenonError(
        "event.unknown",
        `the app has no event "${name.slice(0, 100)}".${suggestion(name, this.#intakes.keys())}`,
      );
    }
    return intake;
  }

  /** Takes many rows: a bad one never sinks its neighbours. */
  async rows(tenant: number, name: string, rows: readonly unknown[], o: TakeOptions = {}): Promise<Ingested> {
    const intake = this.#intake(name);
    return this.#takeAll(rows, { ...o, topic: intake.topic }, (row) => this.#item(tenant, intake, row, o.mode));
  }

  /**
   * Puts rows in a table: a bad one never sinks its neighbours.
   * @throws table.unknown with the nearest name
   */
  async put(tenant: number, name: string, rows: readonly unknown[], o: TakeOptions = {}): Promise<Ingested> {
    const table = this.#tables.get(name);
    if (table === undefined) {
      const hint = suggestion(name, this.#tables.keys());
      throw new TenonError("table.unknown", `the app has no table "${name.slice(0, 100)}".${hint}`);
    }
    const nowMs = this.#nowMs();
    return this.#takeAll(rows, { ...o, topic: undefined }, (row) => table.item(tenant, row, nowMs, o.mode));
  }

  async #takeAll(
    rows: readonly unknown[],
    { topic, isWhole = false }: TakeOptions & { readonly topic: number | undefined },
    itemOf: (row: unknown) => LogItem | { readonly places: readonly ErrorPlace[] },
  ): Promise<Ingested> {
    const items: LogItem[] = [];
    const rejected: Reject[] = [];
    let rejectedCount = 0;
    for (const [index, row] of rows.entries()) {
      const made = itemOf(row);
      if (!("places" in made)) items.push(made);
      else {
        rejectedCount++;
        if (rejected.length < limit.rejectsTold) rejected.push({ index, places: made.places });
      }
    }
    const taken = isWhole && rejectedCount > 0 ? [] : items;
    return { ...(await this.#append(topic, taken)), rejected, rejectedCount };
  }

  /**
   * Takes one row.
   * @throws input.invalid with every mistake
   */
  async row(tenant: number, name: string, row: unknown): Promise<Ingested> {
    const intake = this.#intake(name);
    const made = this.#item(tenant, intake, row, undefined);
    if ("places" in made) throw invalidInput(`the ${name} cannot be taken`, made.places);
    return { ...(await this.#append(intake.topic, [made])), rejected: [], rejectedCount: 0 };
  }

  /** Items of another topic than `topic` are dead letters. */
  async #append(
    topic: number | undefined,
    items: readonly LogItem[],
  ): Promise<Omit<Ingested, "rejected" | "rejectedCount">> {
    const result = items.length > 0 ? await this.#log.append(items) : undefined;
    const counts = [0, 0, 0];
    let late = 0;
    for (const [i, outcome] of (result?.outcomes ?? []).entries()) {
      if (topic === undefined || items[i].topic === topic) counts[outcome]++;
      else late++;
    }
    return {
      accepted: counts[appended.accepted],
      duplicate: counts[appended.duplicate] + counts[appended.conflict],
      conflict: counts[appended.conflict],
      late,
      lastSeq: result?.lastSeq ?? this.#log.lastSeq,
    };
  }

  #item(
    tenant: number,
    intake: Intake,
    input: unknown,
    mode: ImportMode | undefined,
  ): LogItem | { readonly places: readonly ErrorPlace[] } {
    const nowMs = this.#nowMs();
    const { receivedAtMs, row } = mode === undefined ? { receivedAtMs: undefined, row: input } : takeReceivedAt(input);
    const checked = intake.validator.validate(row);
    if ("places" in checked) return checked;
    if (isMistake(receivedAtMs))
      return { places: [{ path: "/receivedAt", code: receivedAtMs.code, message: receivedAtMs.message }] };
    const atMs = checked.row.atMs ?? nowMs;
    if (atMs > nowMs + limit.futureMsMax) {
      return {
        places: [
          {
            path: "/at",
            code: "time.future",
            message: `the time is ${atMs - nowMs} ms ahead of the app's clock, which reads ${new Date(nowMs).toISOString()}`,
          },
        ],
      };
    }
    const receivedAt = receivedAtOf(mode, receivedAtMs, atMs, nowMs);
    const looked = intake.lookUp?.(tenant, checked.row.values, atMs, receivedAt);
    this.#bytes.clear();
    intake.encoder.encode(looked === undefined ? checked.row.values : [...checked.row.values, ...looked], this.#bytes);
    const id = checked.row.id ?? newId();
    if (mode === undefined && atMs < nowMs - intake.event.lateMs) {
      const message = `the event is ${formatDurationMs(nowMs - atMs)} late; "${intake.event.name}" accepts ${formatDurationMs(intake.event.lateMs)}`;
      const payload = encodeDeadLetter({ code: "event.late", message, payload: this.#bytes.finish() });
      return { tenant, topic: intake.deadTopic, id, atMs, receivedAtMs: nowMs, imported: false, payload };
    }
    return {
      tenant,
      topic: intake.topic,
      id,
      atMs,
      receivedAtMs: receivedAt,
      imported: mode !== undefined,
      payload: this.#bytes.finish(),
    };
  }
}

/** A single bad row as an error: the field's own code where there is one mistake. */
export function invalidInput(what: string, places: readonly ErrorPlace[]): TenonError {
  const first = places[0];
  if (places.length === 1 && first !== undefined) {
    const where = first.path === "" ? "" : `${first.path}: `;
    return new TenonError(first.code, `${what}: ${where}${first.message}`, { places });
  }
  return new TenonError("input.invalid", `${what}: ${places.length} mistakes`, { places });
}

function sameColumns(columns: Catalogue["schemas"][number]["columns"], event: EventPlan): boolean {
  return JSON.stringify(columns) === JSON.stringify(event.columns);
}
