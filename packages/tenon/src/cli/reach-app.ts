import { TenonError } from "../base/error.ts";
import { silentLogger } from "../base/log.ts";
import { socketPath } from "../run/socket-path.ts";
import { type Running, serveLocally, startTenon } from "../run.ts";
import { type AppSocket, appSocket, isListening } from "./app-socket.ts";
import type { CommandCall } from "./command.ts";
import { flagText } from "./flags.ts";

/**
 * What happens where nothing runs: the command says so, or starts the app for itself, with the configuration as it is
 * now or with the build that the directory served last.
 */
export type WhereNothingRuns = "refuse" | "config" | "served";

/** How long a process that has the directory may take until it listens. */
const startingMsMax = 20_000;
const lookMs = 100;

/**
 * Runs a command's calls against the process that owns the data directory.
 * @throws cli.not-running, and what starting an app throws
 */
export async function withApp<T>(
  call: CommandCall,
  otherwise: WhereNothingRuns,
  use: (app: AppSocket) => Promise<T>,
): Promise<T> {
  const { dataDir } = call.places;
  const path = socketPath(dataDir);
  const socket = appSocket(path, flagText(call, "tenant"));
  if (await isListening(path)) return use(socket);
  if (otherwise === "refuse") throw new TenonError("cli.not-running", `nothing runs on ${dataDir}`);
  const running = await startAlone(call, path, otherwise);
  if (running === undefined) return use(socket);
  const listening = await serveLocally(running);
  try {
    return await use(socket);
  } finally {
    await listening.close();
    await running.close();
  }
}

/** The app in this process, or undefined where another one turned out to run it. */
async function startAlone(
  { places }: CommandCall,
  path: string,
  build: "config" | "served",
): Promise<Running | undefined> {
  const deadlineMs = performance.now() + startingMsMax;
  for (;;) {
    try {
      return await startTenon({ ...places, logger: silentLogger, build, pulls: false });
    } catch (thrown) {
      const isStarting =
        thrown instanceof TenonError && thrown.code === "data.locked" && performance.now() < deadlineMs;
      if (!isStarting) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
      if (await isListening(path)) return undefined;
    }
  }
}
