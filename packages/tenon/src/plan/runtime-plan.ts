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
    };

/** As people read it. */
export const runtimeText = (runtime: RuntimePlan | undefined): string => {
  if (runtime === undefined) return "a rule";
  if (runtime.kind === "trees") return `trees of ${runtime.path}`;
  return runtime.kind === "process"
    ? `a process, ${runtime.command[0]?.split("/").at(-1)}`
    : `at ${new URL(runtime.url).host}`;
};
