import type { Duration } from "../base/duration.ts";
import { writtenOptions } from "./frozen.ts";
import type { Secret } from "./secret.ts";

/** What runs a pretrained model, as data. */
export type RuntimeDefinition =
  | TreesRuntimeDefinition
  | ProcessRuntimeDefinition
  | RemoteRuntimeDefinition
  | VendorRuntimeDefinition;

export interface TreesRuntimeDefinition {
  readonly kind: "runtime";
  readonly of: "trees";
  readonly path: string;
}

/** A value of a header or of the environment: its text, or the name of a secret. */
export type SettingText = string | Secret;

export interface ProcessOptions {
  /** Where it runs, from the configuration's folder. Default: that folder. */
  readonly folder?: string;
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, SettingText>>;
  /** How many run beside each other. Default: 1. */
  readonly processes?: number;
  /** Without a call for this long it is stopped; the next call starts it. Default: it stays. */
  readonly idleStop?: Duration;
  /** How long it may take until it is ready. Default: `60s`. */
  readonly startTimeout?: Duration;
  /** Memory that one process may have; beyond it another takes its place. Default: no bound. */
  readonly memoryMb?: number;
  /** Calls that wait for it; more are answered by the fallback. Default: 256. */
  readonly queue?: number;
}

export interface ProcessRuntimeDefinition {
  readonly kind: "runtime";
  readonly of: "process";
  readonly command: readonly string[];
  readonly options: ProcessOptions;
  readonly written?: readonly string[];
}

export interface RemoteOptions {
  /** The model's name there. Default: its name here. */
  readonly model?: string;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, SettingText>>;
  /** Its name may stand for an address of a private network, or of this machine. Default: false. */
  readonly privateNetwork?: boolean;
}

export interface RemoteRuntimeDefinition {
  readonly kind: "runtime";
  readonly of: "remote";
  readonly url: string;
  readonly options: RemoteOptions;
  readonly written?: readonly string[];
}

/** What tokens cost, in dollars for a million of them. */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
}

export interface VendorOptions {
  /** Sent as `Authorization: Bearer …`. */
  readonly key?: Secret;
  /** Of another server with OpenAI's wire. Default: `https://api.openai.com/v1`. */
  readonly baseUrl?: string;
  /** What is asked of a row; `{column}` stands for its value. Default: the row as JSON. */
  readonly prompt?: string;
  readonly temperature?: number;
  /** Of one answer. Default: 1,000. */
  readonly maxTokens?: number;
  /** Asks for an embedding of this column; the outputs are its components in their order. */
  readonly embeds?: string;
  /** Of another wire: the body of a call, in which `{column}` stands for the row's value. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** With `body`: where in the answer each output is, as a JSON pointer. */
  readonly answer?: Readonly<Record<string, string>>;
  /** With `body`: where in the answer the tokens are told. */
  readonly tokens?: Readonly<Record<"input" | "output", string>>;
  /** With `body`: headers of a call. */
  readonly headers?: Readonly<Record<string, SettingText>>;
  readonly dollarsPerMillion?: TokenPrices;
  /** What one tenant may spend in a day or a month of UTC; then the fallback answers. Needs prices. */
  readonly cap?: { readonly dollars: number; readonly per: "day" | "month" };
  /** Its name may stand for an address of a private network, or of this machine. Default: false. */
  readonly privateNetwork?: boolean;
}

export interface VendorRuntimeDefinition {
  readonly kind: "runtime";
  readonly of: "vendor";
  /** `openai:MODEL`, or the address that a `body` is posted to. */
  readonly id: string;
  readonly options: VendorOptions;
  readonly written?: readonly string[];
}

/**
 * Runs a tree model that another library made: LightGBM's text, XGBoost's JSON or UBJ, CatBoost's JSON, or ONNX. `path`
 * is from the configuration's folder.
 * @example
 * const runtime = trees("models/risk.txt");
 */
export const trees = (path: string): TreesRuntimeDefinition => Object.freeze({ kind: "runtime", of: "trees", path });

/**
 * Runs a program that answers the Open Inference Protocol on a Unix socket, such as the Python kit's.
 * @example
 * const runtime = process(["python3", "-m", "tenon_model", "--entry", "tone:predict"], { idleStop: "10m" });
 */
export const process = (command: readonly string[], options: ProcessOptions = {}): ProcessRuntimeDefinition =>
  Object.freeze({
    kind: "runtime",
    of: "process",
    command: Array.isArray(command) ? Object.freeze([...command]) : command,
    options: Object.freeze({ ...options }),
    written: writtenOptions(options),
  });

/**
 * Asks a server that speaks the Open Inference Protocol, version 2, over HTTP: KServe, Triton, MLServer, another Tenon.
 * @example
 * const runtime = remote("https://models.example.com", { model: "tone", headers: { authorization: secret("MODELS_KEY") } });
 */
export const remote = (url: string, options: RemoteOptions = {}): RemoteRuntimeDefinition =>
  Object.freeze({
    kind: "runtime",
    of: "remote",
    url,
    options: Object.freeze({ ...options }),
    written: writtenOptions(options),
  });

/**
 * Asks an AI API: OpenAI's chat or embeddings or a server with their wire, or, by a declared mapping, another.
 * @example
 * const runtime = vendor("openai:gpt-5-mini", { key: secret("OPENAI_KEY"), prompt: "How does this sound? {text}",
 *   dollarsPerMillion: { input: 0.25, output: 2 }, cap: { dollars: 5, per: "day" } });
 */
export const vendor = (id: string, options: VendorOptions = {}): VendorRuntimeDefinition =>
  Object.freeze({
    kind: "runtime",
    of: "vendor",
    id,
    options: Object.freeze({ ...options }),
    written: writtenOptions(options),
  });
