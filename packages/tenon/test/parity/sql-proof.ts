// The generated SQL on a real PostgreSQL: the same histories, the same reads, and the values by brute force.
import assert from "node:assert/strict";
import type pg from "pg";
import type { Plan } from "../../src/plan/plan.ts";
import { postgres } from "../../src/sql/dialect/postgres.ts";
import { featureSql } from "../../src/sql/feature-sql.ts";
import { createReads, createRows } from "../../src/sql/relation.ts";
import { type PutPlan, rowsOf, type SentThing, type Value } from "./brute-force.ts";
import type { History } from "./history.ts";
import type { RandomColumn } from "./random-app.ts";
import { assertSqlValue } from "./sql-value.ts";

/** A read, with the values that it has to have by name. */
export interface ProvedRead {
  readonly history: History;
  readonly key: string | number;
  readonly at: number;
  readonly asOf: "served" | "corrected";
  /** A position of the log, or undefined for all of it. */
  readonly seqMax: number | undefined;
  readonly expected: ReadonlyMap<string, Value>;
}

/** The reads of one app: their rows are loaded into a schema of their own, which goes with them. */
export class SqlProof {
  readonly #client: pg.Client;
  readonly #reads = new Map<string, ProvedRead[]>();
  /** Values that were compared. */
  count = 0;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  add(set: string, read: ProvedRead): void {
    const reads = this.#reads.get(set) ?? [];
    reads.push(read);
    this.#reads.set(set, reads);
  }

  /** Compares all reads that were added, and forgets them. */
  async check(
    plan: Plan,
    columns: readonly RandomColumn[],
    histories: readonly History[],
    what: string,
  ): Promise<void> {
    await this.#client.query("CREATE SCHEMA proof; SET search_path TO proof");
    try {
      await this.#load(plan, histories);
      for (const [set, reads] of this.#reads) await this.#compare(plan, set, reads, columns, what);
    } finally {
      await this.#client.query("RESET search_path; DROP SCHEMA proof CASCADE");
      this.#reads.clear();
    }
  }

  async #load(plan: Plan, histories: readonly History[]): Promise<void> {
    for (const event of plan.events.filter(({ name }) => name === "thing" || name === "plan"))
      await this.#client.query(createRows(event, postgres));
    const rows = histories.flatMap(({ tenant, things }) => things.map((thing) => thingRow(tenant, thing)));
    const puts = histories.flatMap(({ tenant, puts }) => puts.map((put) => putRow(tenant, put)));
    await this.#fill("tenon_event_thing", rows);
    await this.#fill("tenon_table_plan", puts);
  }

  async #compare(
    plan: Plan,
    name: string,
    reads: readonly ProvedRead[],
    columns: readonly RandomColumn[],
    what: string,
  ): Promise<void> {
    const set = plan.featureSets.find((candidate) => candidate.name === name)!;
    await this.#client.query(`DROP TABLE IF EXISTS tenon_reads; ${createReads(set, postgres)}`);
    await this.#fill(
      "tenon_reads",
      // Backwards, so that the order of the answer is the text's doing.
      reads
        .map(({ history, key, at, asOf, seqMax }, n) => {
          const position = seqMax === undefined ? null : positionAfter(seqMax);
          // Null is `served`, too.
          return {
            n,
            tenant: String(history.tenant),
            key,
            at,
            as_of: n % 3 === 0 && asOf === "served" ? null : asOf,
            position,
          };
        })
        .toReversed(),
    );
    const { rows } = await this.#client.query<Record<string, unknown>>(featureSql(plan, set, postgres));
    assert.deepEqual(
      rows.map(({ n }) => Number(n)),
      reads.map((_, n) => n),
      `${what}, SQL of ${name}: exactly one row per read, in order`,
    );
    for (const [n, read] of reads.entries()) {
      for (const column of set.columns) {
        const where = `${what}, SQL of ${name}.${column.name} for tenant ${read.history.tenant}, ${read.key} at ${read.at} ${read.asOf}, position ${read.seqMax}`;
        const random = columns.find((candidate) => candidate.set === name && candidate.name === column.name);
        const { at, asOf, key, seqMax = Number.POSITIVE_INFINITY } = read;
        const known = { at: asOf === "served" ? at : Number.POSITIVE_INFINITY, seqMax };
        const inWindow = random === undefined ? [] : rowsOf(read.history.things, random, key, at, known);
        assertSqlValue(
          rows[n][column.name],
          { plan: column, random, inWindow, at, expected: read.expected.get(column.name) },
          where,
        );
        this.count++;
      }
    }
  }

  /** By the names of the columns. */
  async #fill(relation: string, rows: readonly object[]): Promise<void> {
    await this.#client.query(`INSERT INTO ${relation} SELECT * FROM json_populate_recordset(NULL::${relation}, $1)`, [
      JSON.stringify(rows),
    ]);
    await this.#client.query(`ANALYZE ${relation}`);
  }
}

/** Positions of single rows, of which the test knows the end of their batch and their order. */
const ordersMax = 65_536;
const positionOf = ({ loggedBy, order }: SentThing): number => loggedBy * ordersMax + order;
const positionAfter = (seqMax: number): number => seqMax * ordersMax + ordersMax - 1;

function thingRow(tenant: number, thing: SentThing): object {
  const { a, b, whole, money, real, word, tier, when, flag, retracted } = thing;
  return {
    _tenant: String(tenant),
    _position: positionOf(thing),
    _at: thing.at,
    _received_at: thing.receivedAt,
    _retracted_position: retracted === undefined ? null : positionAfter(retracted.loggedBy),
    _retracted_at: retracted?.at ?? null,
    ...{ a, b, whole, money, real, word, tier, flag },
    when: when === null ? null : Date.parse(when),
  };
}

function putRow(tenant: number, { a, validFrom, receivedAt, order, row }: PutPlan): object {
  return {
    _tenant: String(tenant),
    _position: order,
    _valid_from: validFrom,
    _received_at: receivedAt,
    a,
    deleted: row === undefined,
    // What stands in a row that takes its key away is no value.
    ...(row === undefined ? { tier: "pro", seats: 7 } : { ...row, since: Date.parse(String(row.since)) }),
  };
}
