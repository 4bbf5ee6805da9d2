import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, TenonError } from "../../base/error.ts";
import type { Logger } from "../../base/log.ts";
import { OipClient } from "./oip-client.ts";

const readyEveryMs = 25;
/** Between the request to end and the end. */
const killAfterMs = 5_000;
const lineCharsMax = 2_000;
/** Lines of a process that are told in a second; more are counted. */
const linesPerSecond = 100;
const pageBytes = 4_096;
/** What of the server's own environment a model sees: no secret of the app's is among it. */
const inherited = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV"];

export interface ModelProcessOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where Python finds the kit. */
  readonly pythonPath: string;
  readonly startTimeoutMs: number;
  readonly logger: Logger;
}

/** A program that answers on a Unix socket of its own. */
export class ModelProcess {
  readonly client: OipClient;
  /** Settles when it has ended, with the reason. */
  readonly ended: Promise<string>;
  /** It takes binary tensors, as it says once it is ready. */
  isBinary = false;
  readonly #child: ChildProcess;
  readonly #dir: string;
  #lastLine = "";
  #isEnded = false;

  /** Starts it, and answers once it says that it is ready. @throws model.unloadable with its last words */
  static async start(o: ModelProcessOptions, signal: AbortSignal): Promise<ModelProcess> {
    const dir = await mkdtemp(join(tmpdir(), "tenon-model-"));
    const one = new ModelProcess(o, dir);
    try {
      const waiting = AbortSignal.any([signal, AbortSignal.timeout(o.startTimeoutMs)]);
      await one.#ready(waiting);
      one.isBinary = await one.client.takesBinary(waiting);
      return one;
    } catch (thrown) {
      await one.stop();
      throw thrown;
    }
  }

  private constructor({ name, command, cwd, env, pythonPath, logger }: ModelProcessOptions, dir: string) {
    const socketPath = join(dir, "model.sock");
    const own = Object.fromEntries(
      inherited.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]])),
    );
    const paths = [env.PYTHONPATH, process.env.PYTHONPATH, pythonPath].filter(
      (path) => path !== undefined && path !== "",
    );
    this.#dir = dir;
    this.#child = spawn(command[0] ?? "", command.slice(1), {
      cwd,
      env: {
        ...own,
        ...env,
        PYTHONPATH: paths.join(delimiter),
        PYTHONUNBUFFERED: "1",
        PYTHONDONTWRITEBYTECODE: "1",
        TENON_SOCKET: socketPath,
      },
      // Its input stays open as long as this process lives: at its end the program knows that nobody asks any more.
      stdio: ["pipe", "pipe", "pipe"],
      // A group of its own: what it started ends with it.
      detached: true,
    });
    this.client = new OipClient({ url: new URL("http://model"), socketPath, connectionsMax: 4 });
    this.ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.#isEnded = true;
        resolve(this.#lastLine === "" ? reason : `${reason}; it said: ${this.#lastLine}`);
      };
      this.#child.once("error", (error) => end(`it cannot be started: ${messageOf(error)}`));
      this.#child.once("close", (code, signal) => end(`it ended with ${code ?? signal}`));
    });
    this.#child.stdin?.on("error", () => {});
    this.#tell(name, logger);
  }

  /** Bytes of memory that it holds; 0 where that is not known. */
  get residentBytes(): number {
    try {
      return Number(readFileSync(`/proc/${this.#child.pid}/statm`, "utf8").split(" ")[1]) * pageBytes;
    } catch {
      return 0;
    }
  }

  /** Asks it to end, makes it end where it does not, and takes its socket away. */
  async stop(): Promise<void> {
    this.client.close();
    this.#signal("SIGTERM");
    const killing = setTimeout(() => this.#signal("SIGKILL"), killAfterMs);
    await this.ended;
    clearTimeout(killing);
    // Whatever it started and left.
    this.#signal("SIGKILL");
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** Ends it at once. */
  kill(): void {
    this.#signal("SIGKILL");
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || (this.#isEnded && signal === "SIGTERM")) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone.
    }
  }

  async #ready(signal: AbortSignal): Promise<void> {
    const ended = this.ended.then((reason): never => {
      throw new TenonError("model.unloadable", reason);
    });
    ended.catch(() => {});
    while (!signal.aborted) {
      const isReady = this.client.isReady("/v2/health/ready", signal).catch(() => false);
      if (await Promise.race([isReady, ended])) return;
      await Promise.race([sleep(readyEveryMs), ended]);
    }
    throw new TenonError("model.unloadable", `it was not ready in time; it said: ${this.#lastLine}`);
  }

  /** What it writes becomes lines of the log: long ones cut, and not more than so many a second. */
  #tell(model: string, logger: Logger): void {
    let [second, lines, passedOver] = [0, 0, 0];
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      stream.on("error", () => {});
      createInterface({ input: stream }).on("line", (line) => {
        this.#lastLine = line.slice(0, lineCharsMax);
        const now = Math.floor(performance.now() / 1_000);
        if (now !== second) {
          if (passedOver > 0) logger.warn({ model, lines: passedOver }, "the model wrote more lines than are told");
          [second, lines, passedOver] = [now, 0, 0];
        }
        if (lines++ < linesPerSecond) logger.info({ model, line: this.#lastLine }, "the model wrote");
        else passedOver++;
      });
    }
  }
}
