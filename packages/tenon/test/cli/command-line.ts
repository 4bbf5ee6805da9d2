import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const entry = join(import.meta.dirname, "tenon.ts");
/** Longer than anything here takes, on a machine that does much else. */
const patienceMs = 30_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of standard output, as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly values: any[];
}

/** A call of the command line that goes on. */
export interface Going {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Waits until all that was written so far matches. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/** Starts a call in a folder; standard input is empty unless it is given. */
export function begin(dir: string, args: readonly string[], input = ""): Going {
  const env = { ...process.env, NO_COLOR: "1", TENON_DATA: undefined, TENON_PORT: undefined, TENON_ENV: undefined };
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", entry, ...args], {
    cwd: dir,
    env,
    stdio: "pipe",
  });
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  const take = (add: (text: string) => void) => (chunk: Buffer) => {
    add(chunk.toString());
    for (const look of watchers) look();
  };
  child.stdout.on(
    "data",
    take((text) => (stdout += text)),
  );
  child.stderr.on(
    "data",
    take((text) => (stderr += text)),
  );
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => {
      resolve({
        code,
        stdout,
        stderr,
        get values() {
          return stdout
            .trim()
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line));
        },
      });
    });
  });
  return {
    child,
    output: () => stdout + stderr,
    ended,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          clearTimeout(timer);
          watchers.delete(look);
          act();
        };
        const look = (): void => {
          const found = pattern.exec(stdout + stderr);
          if (found !== null) settle(() => resolve(found));
        };
        const timer = setTimeout(
          () => settle(() => reject(new Error(`no ${pattern} in: ${stdout}${stderr}`))),
          patienceMs,
        );
        watchers.add(look);
        void ended.then(() => settle(() => reject(new Error(`ended before ${pattern}: ${stdout}${stderr}`))));
        look();
      }),
  };
}

/** Runs a call to its end. */
export const tenon = (dir: string, ...args: string[]): Promise<Ended> => begin(dir, args).ended;

/** An app under `tenon dev` on a free port. */
export interface Dev extends Going {
  // biome-ignore lint/suspicious/noExplicitAny: the line is looked into by tests
  readonly started: any;
  /** Ctrl-C, and the exit code. */
  stop(): Promise<number | null>;
}

export async function startDev(dir: string, ...args: string[]): Promise<Dev> {
  const going = begin(dir, ["dev", "--port", "0", "--json", ...args]);
  const [line] = await going.waitFor(/^\{"kind":"started".*\}$/m);
  const stop = async (): Promise<number | null> => {
    going.child.kill("SIGINT");
    return (await going.ended).code;
  };
  return { ...going, started: JSON.parse(line), stop };
}

/** A folder that goes with the test. */
export async function folder(): Promise<{ readonly dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), "tenon-cli-"));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}
