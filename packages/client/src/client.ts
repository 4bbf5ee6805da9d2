import { TenonClientError } from "./client-error.ts";
import type { AnyApp, CallOptions, Client, ReadOptions } from "./client-types.ts";
import { put } from "./put.ts";
import { track } from "./track.ts";
import { post, type TransportOptions } from "./transport.ts";

export interface ClientOptions {
  /** Where the app listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** An API key. It names the tenant. */
  readonly key?: string;
  /** The tenant comes from the key alone. */
  readonly tenant?: never;
  /** For one attempt of a call. Default 10 s. */
  readonly timeoutMs?: number;
  /** Further attempts of a call. Default 3. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
  /** For the waits between attempts; default Math.random. */
  readonly random?: () => number;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * The client of an app. It knows the app's types and nothing else of it.
 * @example
 * import type { app } from "./tenon.config.ts";
 * const client = createClient<typeof app>({ url: "http://127.0.0.1:4000", key: process.env.TENON_KEY });
 * const { score, receipt } = await client.predict.delay({ origin: "ORD", route: "ORD-DFW", destination: "DFW", miles: 802 });
 */
export function createClient<A extends AnyApp>(o: ClientOptions): Client<A> {
  const transport: TransportOptions = {
    url: o.url.replace(/\/+$/, ""),
    key: o.key,
    timeoutMs: o.timeoutMs ?? 10_000,
    retries: o.retries ?? 3,
    // Called as a method of another object, a browser's fetch refuses.
    fetch: o.fetch ?? ((input, init) => fetch(input, init)),
    random: o.random ?? Math.random,
  };
  const reads = (at: Date | undefined) => ({
    predict: byName(
      (name) => (row: Row, options?: CallOptions) =>
        predict(transport, name, at === undefined ? row : { ...row, at }, options),
    ),
    features: byName(
      (name) => (key: Row, options?: ReadOptions) => readFeatures(transport, name, { key, at, options }),
    ),
  });
  const client = {
    ...reads(undefined),
    track: byName(
      (name) => (rows: Row | readonly Row[], options?: CallOptions) => track(transport, name, rows, options),
    ),
    put: byName((name) => (rows: Row | readonly Row[], options?: CallOptions) => put(transport, name, rows, options)),
    at: reads,
  };
  // The names are the type's: at run time any is called, and the server knows its own.
  return client as Client<A>;
}

/** An object that has a call for every name. */
function byName<F>(call: (name: string) => F): object {
  // Nobody shall take it for a promise.
  return new Proxy({}, { get: (_, name) => (typeof name === "string" && name !== "then" ? call(name) : undefined) });
}

/** Each prediction is logged: what may have been taken is not sent again. */
const predict = (o: TransportOptions, name: string, row: Row, options: CallOptions | undefined): Promise<unknown> =>
  post(o, {
    path: `/predict/${encodeURIComponent(name)}`,
    body: JSON.stringify(row),
    contentType: "application/json",
    isRepeatable: false,
    options,
  });

interface FeaturesAnswer {
  readonly rows: readonly { readonly values: Row }[];
}

async function readFeatures(
  o: TransportOptions,
  set: string,
  { key, at, options }: { readonly key: Row; readonly at: Date | undefined; readonly options: ReadOptions | undefined },
): Promise<Row> {
  const { rows } = await post<FeaturesAnswer>(o, {
    path: `/features/${encodeURIComponent(set)}`,
    body: JSON.stringify({ keys: [key], at, after: options?.after, brief: true }),
    contentType: "application/json",
    isRepeatable: true,
    options,
  });
  const [row] = rows;
  if (row !== undefined) return row.values;
  const message = `the answer has no row for ${JSON.stringify(key)}`;
  throw new TenonClientError({
    code: "client.answer",
    status: 200,
    message,
    remedy: "Check that the address is a Tenon app's.",
  });
}
