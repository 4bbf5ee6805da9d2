import { TenonError } from "../../base/error.ts";
import { canonicalJson } from "../../base/hash.ts";
import type { Random } from "../../base/random.ts";
import { type EventPlan, type Plan, sentColumns } from "../../plan/plan.ts";
import { secretOf } from "../../plan/source-plan.ts";
import type { SourceAccess } from "../../ports/query-source.ts";
import type { Tenon } from "../tenon.ts";
import { Pull } from "./pull.ts";
import { SourceTally } from "./source-tally.ts";

/** The sources of an app's events: what pulls them, and what came of them. */
export class Sources {
  readonly #tenon: Tenon;
  /** Absent where the app is started for one command: it takes what is sent and pulls nothing. */
  readonly #access: SourceAccess | undefined;
  readonly #random: Random;
  readonly #tallies = new Map<string, SourceTally>();
  readonly #pulls = new Map<string, { readonly key: string; readonly pull: Pull }>();
  #isOn = false;

  constructor(tenon: Tenon, access: SourceAccess | undefined, random: Random) {
    this.#tenon = tenon;
    this.#access = access;
    this.#random = random;
  }

  /**
   * Whether the sources of a plan can be had here.
   * @throws secret.missing naming every variable, source.driver
   */
  async check({ events }: Plan): Promise<void> {
    const access = this.#access;
    if (access === undefined) return;
    const missing = events.flatMap(({ name, source }) => {
      if (source === undefined || (access.secret(secretOf(source)) ?? "") !== "") return [];
      const message = `needs the environment variable ${secretOf(source)}`;
      return [{ path: `event ${name}.from`, code: "secret.missing" as const, message }];
    });
    if (missing.length > 0) {
      const lines = missing.map(({ path, message }) => `${path} ${message}`);
      throw new TenonError("secret.missing", lines.join("; "), { places: missing });
    }
    if (events.some(({ source }) => source?.kind === "postgresQuery")) await access.checkDriver();
  }

  /** Begins to pull. */
  async start(): Promise<void> {
    await this.check(this.#tenon.build.app.plan);
    this.#isOn = this.#access !== undefined;
    await this.setPlan(this.#tenon.build.app.plan);
  }

  /** Whether the app runs for itself, and not for one command. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Follows another build; a pull whose event and source are the same goes on. */
  async setPlan({ events }: Plan): Promise<void> {
    if (!this.#isOn) return;
    const wanted = new Map(events.flatMap((event) => (event.source === undefined ? [] : [[event.name, event]])));
    for (const [name, { key, pull }] of this.#pulls) {
      const event = wanted.get(name);
      if (event !== undefined && keyOf(event) === key) continue;
      await pull.close();
      this.#pulls.delete(name);
    }
    for (const [name, event] of wanted) {
      const tally = this.#tallies.get(name) ?? new SourceTally();
      this.#tallies.set(name, tally);
      if (!this.#pulls.has(name)) this.#pull(event, tally);
    }
  }

  /** A source's counts; those of another build's source of the event go on. */
  tally(event: string): SourceTally {
    const tally = this.#tallies.get(event) ?? new SourceTally();
    this.#tallies.set(event, tally);
    return tally;
  }

  pull(event: string): Pull | undefined {
    return this.#pulls.get(event)?.pull;
  }

  /** @throws secret.missing */
  secret(name: string): string {
    const value = this.#access?.secret(name) ?? "";
    if (value === "") throw new TenonError("secret.missing", `the environment variable ${name} is not set`);
    return value;
  }

  async close(): Promise<void> {
    this.#isOn = false;
    await Promise.all([...this.#pulls.values()].map(({ pull }) => pull.close()));
    this.#pulls.clear();
  }

  #pull(event: EventPlan, tally: SourceTally): void {
    const { source: query } = event;
    if (query?.kind !== "postgresQuery" || this.#access === undefined) return;
    const source = this.#access.openQuery({ url: this.secret(query.url), query, columns: sourceColumns(event) });
    const pull = new Pull({ tenon: this.#tenon, event, query, source, tally, random: this.#random });
    this.#pulls.set(event.name, { key: keyOf(event), pull });
    pull.start();
  }
}

/** Of a table: that a row takes its key away is nothing that a query tells. */
const sourceColumns = (event: EventPlan): EventPlan["columns"] =>
  event.table === undefined ? sentColumns(event) : event.columns.filter(({ name }) => name !== "deleted");

const keyOf = (event: EventPlan): string => canonicalJson(event);
