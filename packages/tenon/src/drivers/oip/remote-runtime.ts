import { isIP } from "node:net";
import { guardedLookup, refusedAddress } from "../../base/address-guard.ts";
import { CircuitBreaker } from "../../base/circuit-breaker.ts";
import { messageOf, TenonError } from "../../base/error.ts";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import { UnsentError } from "../../base/http-caller.ts";
import { fieldOf } from "../../base/record.ts";
import type { LoadedModel, ModelCall, ModelColumns, ModelRuntime, ModelSignature } from "../../ports/model-runtime.ts";
import { modelPath, OipClient, type OipModel } from "./oip-client.ts";

const connectionsMax = 32;
/** Calls that are under way; more are refused. */
const callsMax = 1_000;
const loadTimeoutMs = 10_000;
/** A call that was waited for shorter than this is no sign of a slow server. */
const lateMsMin = 1_000;
/** Tries of one call, where those before never reached the server. */
const triesMax = 3;

export interface RemoteOptions {
  readonly url: string;
  readonly model: string;
  readonly version?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Its name may stand for an address of a private network. */
  readonly privateNetwork: boolean;
  readonly nowMs: () => number;
}

/** Asks a model that another server runs, over the Open Inference Protocol, version 2. */
export class RemoteRuntime implements ModelRuntime {
  readonly #options: RemoteOptions;

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  async load(signature: ModelSignature): Promise<LoadedModel> {
    const { url, headers, privateNetwork, model, version } = this.#options;
    const address = new URL(url);
    const host = address.hostname.replace(/^\[|\]$/g, "");
    // What stands in the configuration as an address is its own permission, but for link-local ones.
    const refused = isIP(host) === 0 ? undefined : refusedAddress(host, host, true);
    if (refused !== undefined) throw new TenonError("model.unloadable", refused);
    const client = new OipClient({ url: address, headers, connectionsMax, lookup: guardedLookup(privateNetwork) });
    try {
      const told = await describe(client, { name: model, version }, signature);
      return new RemoteModel(client, signature, { ...told, url, model, version, nowMs: this.#options.nowMs });
    } catch (thrown) {
      client.close();
      if (thrown instanceof TenonError && thrown.code === "model.unloadable") throw thrown;
      throw new TenonError("model.unloadable", `${address.host}: ${messageOf(thrown)}`);
    }
  }
}

interface Told {
  readonly isBinary: boolean;
  readonly metadata: unknown;
}

/** What the server says of itself and of the model. @throws model.unloadable where it lacks a column */
async function describe(client: OipClient, model: OipModel, signature: ModelSignature): Promise<Told> {
  const signal = AbortSignal.timeout(loadTimeoutMs);
  const isBinary = await client.takesBinary(signal);
  if (!(await client.isReady(`${modelPath(model)}/ready`, signal)))
    throw new TenonError("model.unloadable", `the server says that "${model.name}" is not ready`);
  const metadata = await client.read(modelPath(model), signal);
  checkNames(metadata, "inputs", signature.input, model);
  checkNames(metadata, "outputs", signature.output, model);
  return { metadata, isBinary };
}

function checkNames(
  metadata: unknown,
  list: "inputs" | "outputs",
  columns: readonly { readonly name: string }[],
  { name }: OipModel,
): void {
  const tensors = fieldOf(metadata, list);
  if (!Array.isArray(tensors)) return;
  const names = tensors.map((tensor) => fieldOf(tensor, "name"));
  const missing = columns.find((column) => !names.includes(column.name));
  if (missing === undefined) return;
  const found = names.map(String).join(", ").slice(0, 200);
  throw new TenonError("model.unloadable", `"${name}" has no "${missing.name}" among its ${list} there: ${found}`);
}

class RemoteModel implements LoadedModel {
  readonly digest: string;
  readonly predictNow = undefined;
  readonly #client: OipClient;
  readonly #signature: ModelSignature;
  readonly #model: OipModel;
  readonly #isBinary: boolean;
  readonly #breaker: CircuitBreaker;
  readonly #nowMs: () => number;
  #calls = 0;

  constructor(
    client: OipClient,
    signature: ModelSignature,
    o: Told & Pick<RemoteOptions, "url" | "model" | "nowMs"> & { readonly version: string | undefined },
  ) {
    this.#client = client;
    this.#signature = signature;
    this.#model = { name: o.model, version: o.version };
    this.#isBinary = o.isBinary;
    this.#nowMs = o.nowMs;
    this.#breaker = new CircuitBreaker(o.nowMs);
    // The server tells no digest of the model itself: where it is and what it says of it stand for that.
    this.digest = sha256(canonicalJson({ url: o.url, model: o.model, version: o.version, metadata: o.metadata }));
  }

  async predict(input: ModelColumns, rowCount: number, { signal }: ModelCall): Promise<ModelColumns> {
    const { waitMs } = this.#breaker;
    if (waitMs > 0)
      throw new TenonError("model.busy", "the model's server failed several times, and is left alone for a moment", {
        retryAfterMs: waitMs,
      });
    if (this.#calls >= callsMax) throw new TenonError("model.busy", `${callsMax} calls of the model are under way`);
    const startedMs = this.#nowMs();
    this.#calls++;
    this.#breaker.enter();
    try {
      const columns = await this.#try({ input, rowCount, isBinary: this.#isBinary }, signal);
      this.#breaker.succeed();
      return columns;
    } catch (thrown) {
      // Late within a moment says more of the caller's budget than of the server.
      const isLate = thrown instanceof TenonError && thrown.code === "model.late";
      if (isLate && this.#nowMs() - startedMs < lateMsMin) this.#breaker.leave();
      else this.#breaker.fail();
      throw thrown;
    } finally {
      this.#calls--;
    }
  }

  async #try(
    rows: { readonly input: ModelColumns; readonly rowCount: number; readonly isBinary: boolean },
    signal: AbortSignal,
  ): Promise<ModelColumns> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#client.infer(this.#model, this.#signature, rows, signal);
      } catch (thrown) {
        if (!(thrown instanceof UnsentError) || tries >= triesMax) throw thrown;
      }
    }
  }

  async close(): Promise<void> {
    this.#client.close();
  }
}
