import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { TenonError } from "../base/error.ts";
import type { ConsistencyChecker, ConsistencyRequest, ConsistencyRound } from "../ports/workers.ts";
import type { ConsistencyProcessAnswer, ConsistencyProcessRequest } from "./consistency-process.ts";

/** Recomputes logged predictions in a process that ends with its round. */
export class ConsistencyProcess implements ConsistencyChecker {
  readonly #terms: Omit<ConsistencyProcessRequest, "request">;
  #child: ChildProcess | undefined;
  #closed = false;

  constructor(terms: Omit<ConsistencyProcessRequest, "request">) {
    this.#terms = terms;
  }

  async check(request: ConsistencyRequest): Promise<ConsistencyRound> {
    if (this.#closed) return nothing;
    const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
    const child = fork(fileURLToPath(new URL(`./consistency-process${extension}`, import.meta.url)), [], {
      serialization: "advanced",
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child = child;
    try {
      const message: ConsistencyProcessRequest = { ...this.#terms, request };
      return await new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", () => reject(new TenonError("internal", "the process ended without an answer")));
        child.once("message", (answer: ConsistencyProcessAnswer) =>
          "round" in answer ? resolve(answer.round) : reject(new TenonError("internal", answer.error)),
        );
        child.send(message);
      });
    } finally {
      this.#child = undefined;
    }
  }

  /** What is under way ends without an answer. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#child?.kill();
  }
}

const nothing: ConsistencyRound = { checked: {}, mismatches: [] };
