import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const hasTaskset = process.platform === "linux" && spawnSync("taskset", ["-c", "1", "true"]).status === 0;

/** Starts a script beside this one on one core, where the system can pin: server and client then never share one. */
export function startPinned(core: number, script: string, args: readonly string[]): ChildProcess {
  const node = [
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(new URL(`./${script}`, import.meta.url)),
    ...args,
  ];
  const [command, ...rest] = hasTaskset ? ["taskset", "-c", String(core), ...node] : node;
  return spawn(command!, rest, { stdio: ["ignore", script.includes("client") ? "pipe" : "ignore", "inherit", "ipc"] });
}

/** What a script prints, once it has ended well. */
export function outputOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk) => {
      text += chunk;
    });
    child.once("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`the client ended with ${code}`))));
  });
}
