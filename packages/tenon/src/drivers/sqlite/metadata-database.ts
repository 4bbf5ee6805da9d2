import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** One statement of a metadata transaction. */
export interface MetadataCall {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

export type MetadataRow = Readonly<Record<string, string | number | bigint | null | Uint8Array>>;

/** The schema, one step a version: an older file is upgraded by the steps that it lacks. */
const steps: readonly string[] = [
  `create table tenant (id integer primary key, name text not null unique) strict;
   create table topic (id integer primary key, name text not null unique) strict;
   create table schema (id integer primary key, event text not null, fingerprint text not null, columns text not null,
     unique (event, fingerprint)) strict;
   create table api_key (id text primary key, hash text not null unique, tenant integer not null, scopes text not null,
     note text not null, created_at integer not null, revoked_at integer) strict;
   create table setting (name text primary key, value text not null) strict;
   create table coverage (tenant integer not null, event text not null, covered_from integer not null,
     primary key (tenant, event)) strict;
   create table build (id text primary key, created_at integer not null) strict;
   create table model_version (model text not null, version integer not null, record text not null,
     primary key (model, version)) strict;
   create table alias (model text not null, tenant integer not null, name text not null, version integer not null,
     previous integer, epoch integer not null, primary key (model, tenant, name)) strict;
   create table audit (id integer primary key, at integer not null, kind text not null, text text not null) strict;`,
  "alter table audit add column tenant integer;",
  "alter table api_key add column publishable text; alter table api_key add column calls_per_minute integer;",
  "alter table tenant add column calls_per_minute integer;",
];

/** The metadata of an app in one file: every change is one transaction, on disk when it returns. */
export class MetadataDatabase {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec("pragma journal_mode = wal");
    this.#database.exec("pragma synchronous = full");
    this.#upgrade();
  }

  /** Runs the statements in one transaction and answers the rows of each. */
  transact(calls: readonly MetadataCall[]): MetadataRow[][] {
    this.#database.exec("begin immediate");
    try {
      const rows = calls.map(({ sql, parameters }) =>
        this.#database
          .prepare(sql)
          .all(...parameters)
          .map((row) => ({ ...row })),
      );
      this.#database.exec("commit");
      return rows;
    } catch (thrown) {
      if (this.#database.isTransaction) this.#database.exec("rollback");
      throw thrown;
    }
  }

  close(): void {
    this.#database.close();
  }

  #upgrade(): void {
    const version = Number(this.#database.prepare("pragma user_version").get()?.user_version ?? 0);
    for (let step = version; step < steps.length; step++) {
      this.#database.exec(`begin immediate; ${steps[step]} pragma user_version = ${step + 1}; commit;`);
    }
  }
}
