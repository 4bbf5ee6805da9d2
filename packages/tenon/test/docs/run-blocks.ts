import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { repository } from "./doc-pages.ts";

/** What a page's command said. */
export interface RunOutput {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const commandTimeoutMs = 60_000;
const startTimeoutMs = 30_000;
/** The last line that a server says once it listens. */
const listening = "Ctrl-C stops";
/** The port that the pages speak of. */
const shownPort = 4_000;

/**
 * A folder and a shell in which the commands of the pages run one after the other: `npx tenon` is this repository's
 * compiled command line, `node` this Node, and the server has a free port that stands for 4000.
 */
export class DocShell implements AsyncDisposable {
  readonly #dir = mkdtempSync(path.join(tmpdir(), "tenon-docs-"));
  readonly #port: number;
  readonly #servers: ChildProcess[] = [];
  #folder: string;

  private constructor(port: number) {
    this.#port = port;
    this.#folder = path.join(this.#dir, "home");
    mkdirSync(this.#folder);
    const bin = path.join(this.#dir, "bin");
    mkdirSync(bin);
    symlinkSync(process.execPath, path.join(bin, "node"));
    const entry = path.join(repository, "packages/tenon/bin/tenon.js");
    writeFileSync(path.join(bin, "tenon"), `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`);
    writeFileSync(path.join(bin, "npx"), '#!/bin/sh\nexec "$@"\n');
    for (const name of ["tenon", "npx"]) chmodSync(path.join(bin, name), 0o755);
  }

  static async open(): Promise<DocShell> {
    return new DocShell(await freePort());
  }

  /** Puts a file into the present folder. */
  put(name: string, text: string): void {
    writeFileSync(path.join(this.#folder, name), text);
  }

  /** Runs lines of shell where the last ones ended. */
  run(text: string): RunOutput {
    const folderFile = path.join(this.#dir, "folder");
    const { status, stdout, stderr } = spawnSync("sh", ["-e", "-c", `${this.#ported(text)}\npwd > "${folderFile}"`], {
      ...this.#options,
      encoding: "utf8",
      timeout: commandTimeoutMs,
    });
    if (status === 0) this.#folder = readFileSync(folderFile, "utf8").trim();
    return { status, stdout: this.#shown(stdout), stderr };
  }

  /** Runs a server until the shell is disposed of; answers what it said until it listened. */
  async leaveRunning(text: string): Promise<RunOutput> {
    const command = text.replaceAll(/^#.*\n/gm, "");
    // In place of the shell, so that what ends is the server.
    const server = spawn("sh", ["-c", `exec ${this.#ported(command)}`], { ...this.#options, detached: true });
    this.#servers.push(server);
    let stdout = "";
    let stderr = "";
    server.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const deadline = AbortSignal.timeout(startTimeoutMs);
    await new Promise<void>((resolve) => {
      server.stdout.on("data", (chunk: Buffer) => {
        stdout += chunk.toString();
        if (stdout.includes(listening)) resolve();
      });
      server.once("exit", () => resolve());
      deadline.addEventListener("abort", () => resolve());
    });
    return { status: stdout.includes(listening) ? 0 : 1, stdout: this.#shown(stdout), stderr };
  }

  /** Ends the servers as Ctrl-C does; their exit codes. */
  async stop(): Promise<readonly (number | null)[]> {
    const codes: (number | null)[] = [];
    for (const server of this.#servers.splice(0)) {
      if (server.exitCode === null && server.pid !== undefined) {
        const exited = once(server, "exit");
        process.kill(-server.pid, "SIGINT");
        await exited;
      }
      codes.push(server.exitCode);
    }
    return codes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  get #options() {
    const { TENON_DATA: _, TENON_ENV: __, FORCE_COLOR: ___, ...env } = process.env;
    return {
      cwd: this.#folder,
      env: {
        ...env,
        PATH: `${path.join(this.#dir, "bin")}:${process.env.PATH}`,
        TENON_PORT: String(this.#port),
        NO_COLOR: "1",
      },
    };
  }

  #ported(text: string): string {
    return text.replaceAll(`:${shownPort}`, `:${this.#port}`);
  }

  /** The output as a page shows it: no secret, no folder of this run. */
  #shown(text: string): string {
    return text
      .replaceAll(`:${this.#port}`, `:${shownPort}`)
      .replaceAll(path.join(this.#dir, "home"), "/home/you")
      .replaceAll(/token=[\w-]+/g, "token=…")
      .replaceAll(/tn_[\w-]{20,}/g, "tn_…")
      .trim();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a port was expected");
  return address.port;
}
