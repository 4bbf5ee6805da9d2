import type { Client } from "pg";
import { messageOf, TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { loadPg } from "./load-pg.ts";

/** Rows of texts, as the database writes them. */
export interface TextRows {
  readonly fields: readonly { readonly name: string; readonly typeId: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** One connection that reads, made when it is needed and made anew after a failure. */
export class PostgresConnection {
  readonly #url: string;
  #client: Promise<Client> | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Runs one select in a transaction that can only read, with times in UTC.
   * @throws source.unreachable, source.query
   */
  async read(sql: string, parameters: readonly (string | number | null)[] = []): Promise<TextRows> {
    const client = await this.#connected();
    try {
      // Settings of the transaction, not of the session: behind a pooler, that one is somebody else's next.
      await client.query(
        `begin read only; set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local statement_timeout = ${limit.sourceQueryMsMax}`,
      );
      const { fields, rows } = await client.query<(string | null)[]>({
        text: sql,
        values: [...parameters],
        rowMode: "array",
        types: { getTypeParser: () => asText },
      });
      await client.query("commit");
      return { fields: fields.map(({ name, dataTypeID }) => ({ name, typeId: dataTypeID })), rows };
    } catch (thrown) {
      await this.close();
      throw failure(thrown);
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.then((open) => open.end()).catch(() => {});
  }

  #connected(): Promise<Client> {
    this.#client ??= this.#connect().catch((thrown: unknown) => {
      this.#client = undefined;
      throw thrown;
    });
    return this.#client;
  }

  async #connect(): Promise<Client> {
    const { Client: PgClient } = await loadPg();
    let client: Client;
    try {
      client = new PgClient({
        connectionString: this.#url,
        application_name: "tenon",
        connectionTimeoutMillis: limit.sourceConnectMsMax,
        query_timeout: limit.sourceQueryMsMax + limit.sourceConnectMsMax,
        keepAlive: true,
      });
      // A connection that breaks between two reads is noticed by the next one.
      client.on("error", () => {
        this.#client = undefined;
      });
      await client.connect();
    } catch (thrown) {
      throw failure(thrown);
    }
    return client;
  }
}

const asText = (text: string): string => text;

/** Classes of SQLSTATE that are about reaching the server, not about what was asked of it. */
const unreachableStates = /^(08|28|53|57|58|3D)/;

/** The address may hold a password: of what was thrown only the message is told, which has none. */
export function failure(thrown: unknown): TenonError {
  if (thrown instanceof TenonError) return thrown;
  const state = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const isQuery = /^[0-9A-Z]{5}$/.test(state) && !unreachableStates.test(state);
  const causes = thrown instanceof AggregateError ? thrown.errors.map(messageOf).join("; ") : "";
  const message = messageOf(thrown) || causes || "no answer";
  return new TenonError(isQuery ? "source.query" : "source.unreachable", message.slice(0, 500));
}
