import { execFileSync, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";

const readyMsMax = 30_000;
const packages = "/usr/lib/postgresql";

/** Where Debian's package has its programs; the newest version. */
function binDir(): string | undefined {
  const versions = existsSync(packages) ? readdirSync(packages) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : join(packages, newest, "bin");
}

const bin = binDir();
/** Why tests of PostgreSQL are skipped on this machine; in CI they fail. */
export const noPostgres: string | false =
  bin === undefined && process.env.CI !== "true" ? "no PostgreSQL on this machine: apt-get install postgresql" : false;

/** A PostgreSQL of its own on a free port, in a folder that goes with it. */
export interface Postgres extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Runs statements, each in a connection of its own. */
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** A connection of the test's own. */
  connect(): Promise<pg.Client>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startPostgres(): Promise<Postgres> {
  if (bin === undefined) throw new Error("PostgreSQL is not installed: apt-get install -y postgresql");
  const dir = mkdtempSync(join(tmpdir(), "tenon-postgres-"));
  const data = join(dir, "db");
  const port = await freePort();
  // The server refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? userOf("postgres") : undefined;
  if (user !== undefined) chownSync(dir, user.uid, user.gid);
  chmodSync(dir, 0o700);
  const options: SpawnOptions = { cwd: dir, stdio: "ignore", ...user };
  const made = spawnSync(
    join(bin, "initdb"),
    ["-D", data, "-U", "tenon", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
    { ...options, stdio: "pipe", encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const settings = `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = '${dir}'\nfsync = off\n`;
  appendFileSync(join(data, "postgresql.conf"), settings);
  const url = `postgres://tenon@127.0.0.1:${port}/postgres`;
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const start = async (): Promise<void> => {
    spawn(join(bin, "postgres"), ["-D", data], { ...options, detached: true }).unref();
    await ready(connect);
  };
  const stop = (): Promise<void> => end(join(data, "postmaster.pid"));
  await start();
  return {
    url,
    port,
    connect,
    start,
    stop,
    async query(sql, parameters = []) {
      const client = await connect();
      try {
        const { rows } = await client.query(sql, [...parameters]);
        return rows;
      } finally {
        await client.end();
      }
    },
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function userOf(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** The postmaster leaves the session of its starter: it is stopped by the file that names it. */
async function end(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
  // Fast: without waiting for clients.
  process.kill(pid, "SIGINT");
  for (let waitedMs = 0; existsSync(pidFile) && waitedMs < readyMsMax; waitedMs += 50) await wait(50);
}

async function ready(connect: () => Promise<pg.Client>): Promise<void> {
  const deadlineMs = performance.now() + readyMsMax;
  for (;;) {
    try {
      await (await connect()).end();
      return;
    } catch (thrown) {
      if (performance.now() > deadlineMs) throw thrown;
      await wait(100);
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address === null || typeof address === "string" ? reject(new Error("no port")) : resolve(address.port),
      );
    });
  });
}
