import { ByteWriter } from "../../base/bytes.ts";
import { formatDurationMs } from "../../base/duration.ts";
import { type ErrorPlace, TenonError } from "../../base/error.ts";
import { newId } from "../../base/id.ts";
import { limit } from "../../base/limit.ts";
import { suggestion } from "../../base/nearest.ts";
import type { EventPlan, Plan } from "../../plan/plan.ts";
import { RowEncoder } from "../../plan/row-codec.ts";
import { checkTime, isMistake, type Mistake, RowValidator } from "../../plan/row-validator.ts";
import { appended, type EventLog, type LogItem } from "../../ports/event-log.ts";
import type { Catalogue } from "../materialize/event-decoder.ts";
import { deadTopic, encodeDeadLetter } from "./dead-letter.ts";

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
}

/** An import carries its source's times: `receivedAt` on each row, or the event's time plus a latency. */
export interface ImportMode {
  readonly latencyMs: number;
}

/** Takes events in: validates each, and answers when the good ones are durable. */
export class Ingest {
  readonly #log: EventLog;
  readonly #nowMs: () => number;
  readonly #bytes = new ByteWriter();
  #intakes = new Map<string, Intake>();

  constructor(log: EventLog, nowMs: () => number) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  setPlan(plan: Plan, catalogue: Catalogue): void {
    this.#intakes = new Map(
      plan.events.map((event) => {
        // The newest schema of these columns: an older one may have been written by an earlier build.
        const schema = catalogue.schemas
          .filter((candidate) => candidate.event === event.name && sameColumns(candidate.columns, event))
          .at(-1);
        const encoder = new RowEncoder(event.columns, schema?.id ?? 0);
        return [
          event.name,
          {
            event,
            topic: catalogue.topics[event.name],
            deadTopic: catalogue.topics[deadTopic(event.name)],
            validator: new RowValidator(event.columns, true),
            encoder,
          },
        ];
      }),
    );
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
  async rows(tenant: number, name: string, rows: readonly unknown[], mode?: ImportMode): Promise<Ingested> {
    const intake = this.#intake(name);
    const items: LogItem[] = [];
    const rejected: Reject[] = [];
    let rejectedCount = 0;
    for (const [index, row] of rows.entries()) {
      const made = this.#item(tenant, intake, row, mode);
      if (!("places" in made)) items.push(made);
      else {
        rejectedCount++;
        if (rejected.length < limit.rejectsTold) rejected.push({ index, places: made.places });
      }
    }
    return { ...(await this.#append(intake, items)), rejected, rejectedCount };
  }

  /**
   * Takes one row.
   * @throws input.invalid with every mistake
   */
  async row(tenant: number, name: string, row: unknown): Promise<Ingested> {
    const intake = this.#intake(name);
    const made = this.#item(tenant, intake, row, undefined);
    if ("places" in made) throw invalidInput(`the ${name} cannot be taken`, made.places);
    return { ...(await this.#append(intake, [made])), rejected: [], rejectedCount: 0 };
  }

  async #append(intake: Intake, items: readonly LogItem[]): Promise<Omit<Ingested, "rejected" | "rejectedCount">> {
    const result = items.length > 0 ? await this.#log.append(items) : undefined;
    const counts = [0, 0, 0];
    let late = 0;
    for (const [i, outcome] of (result?.outcomes ?? []).entries()) {
      if (items[i].topic === intake.topic) counts[outcome]++;
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
    const { receivedAtMs, row } = mode === undefined ? { receivedAtMs: nowMs, row: input } : takeReceivedAt(input);
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
    this.#bytes.clear();
    intake.encoder.encode(checked.row.values, this.#bytes);
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
      // Nothing is received before it happens, nor after now: a row that is here is known.
      receivedAtMs: Math.max(Math.min(receivedAtMs ?? atMs + (mode?.latencyMs ?? 0), nowMs), Math.min(atMs, nowMs)),
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

function takeReceivedAt(input: unknown): {
  readonly receivedAtMs: number | Mistake | undefined;
  readonly row: unknown;
} {
  if (input === null || typeof input !== "object" || !("receivedAt" in input))
    return { receivedAtMs: undefined, row: input };
  const { receivedAt, ...row } = input;
  return { receivedAtMs: checkTime(receivedAt), row };
}

function sameColumns(columns: Catalogue["schemas"][number]["columns"], event: EventPlan): boolean {
  return JSON.stringify(columns) === JSON.stringify(event.columns);
}
