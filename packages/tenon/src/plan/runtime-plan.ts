/** A text of a header or of an environment, or the name of the environment variable that holds it. */
export type SettingPlan = { readonly text: string } | { readonly secret: string };

export type SettingPlans = Readonly<Record<string, SettingPlan>>;

/** What runs a pretrained model; paths are from the configuration's folder. */
export type RuntimePlan =
  | { readonly kind: "trees"; readonly path: string }
  | {
      readonly kind: "process";
      readonly command: readonly string[];
      readonly folder: string;
      readonly env: SettingPlans;
      readonly processes: number;
      /** Absent where it is never stopped. */
      readonly idleStopMs?: number;
      readonly startTimeoutMs: number;
      /** Absent where its memory is not bounded. */
      readonly memoryMb?: number;
      readonly queueMax: number;
    }
  | {
      readonly kind: "remote";
      readonly url: string;
      readonly model: string;
      readonly version?: string;
      readonly headers: SettingPlans;
      readonly privateNetwork: boolean;
    }
  | VendorPlan;

/** What a vendor is asked: OpenAI's chat, its embeddings, or a body of one's own. */
export type VendorWire =
  | {
      readonly kind: "chat";
      readonly model: string;
      /** Absent where the row is sent as JSON. */
      readonly prompt?: string;
      readonly temperature?: number;
      readonly maxTokens: number;
    }
  | { readonly kind: "embeddings"; readonly model: string; readonly column: string }
  | {
      readonly kind: "mapped";
      readonly body: Readonly<Record<string, unknown>>;
      /** JSON pointers by output. */
      readonly answer: Readonly<Record<string, string>>;
      readonly tokens?: { readonly input: string; readonly output: string };
    };

export interface VendorPlan {
  readonly kind: "vendor";
  readonly url: string;
  readonly wire: VendorWire;
  readonly headers: SettingPlans;
  /** Of a bearer token: its environment variable. */
  readonly keySecret?: string;
  /** In millionths of a dollar for a million tokens. */
  readonly prices?: { readonly inputMicros: number; readonly outputMicros: number };
  readonly cap?: { readonly micros: number; readonly per: "day" | "month" };
  readonly privateNetwork: boolean;
}

/** As people read it. */
export const runtimeText = (runtime: RuntimePlan | undefined): string => {
  if (runtime === undefined) return "a rule";
  if (runtime.kind === "trees") return `trees of ${runtime.path}`;
  if (runtime.kind === "vendor")
    return `${runtime.wire.kind === "mapped" ? "a service" : runtime.wire.model} at ${new URL(runtime.url).host}`;
  return runtime.kind === "process"
    ? `a process, ${runtime.command[0]?.split("/").at(-1)}`
    : `at ${new URL(runtime.url).host}`;
};
