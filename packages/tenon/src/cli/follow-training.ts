import { setTimeout as wait } from "node:timers/promises";
import type { StatusAnswer } from "../server/wire.ts";
import type { AppSocket } from "./app-socket.ts";
import type { Progress } from "./progress.ts";

const pollMs = 400;

/** Waits for a run of a model and tells how far it is meanwhile. */
export async function followTraining<T>(
  app: AppSocket,
  o: { readonly model: string; readonly told: Progress; readonly run: Promise<T> },
): Promise<T> {
  let isDone = false;
  const ended = o.run.finally(() => {
    isDone = true;
  });
  ended.catch(() => {});
  for (;;) {
    await Promise.race([wait(pollMs), ended.catch(() => {})]);
    if (isDone) return ended;
    const status = await app.get<StatusAnswer>("/status").catch(() => undefined);
    const run = status?.training.find(({ model }) => model === o.model);
    // The last stroke is the answer's: a step that is whole is not the run.
    if (run !== undefined && !isDone) o.told(Math.min(run.done, 0.99), `${run.step} ${run.detail}`.trim());
  }
}
