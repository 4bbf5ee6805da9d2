import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const lookMs = 100;
/** Of a process beyond the engine's bound: Node, and what the engine does not count. */
const besidesMb = 700;
const pageBytes = 4_096;
const mebibyte = 1_048_576;

/**
 * Ends a process that takes far more than the engine in it was given: that bounds its own buffers, and not what a function
 * makes. `isOver` is asked first. Where there is no /proc, the engine's bound is the only one.
 */
export function watchMemory(child: ChildProcess, memoryMb: number, isOver: () => boolean): void {
  const { pid } = child;
  if (pid === undefined || !existsSync(`/proc/${pid}/statm`)) return;
  const maxBytes = (memoryMb + besidesMb) * mebibyte;
  const timer = setInterval(() => {
    if (residentBytes(pid) > maxBytes && isOver()) child.kill("SIGKILL");
  }, lookMs).unref();
  child.once("exit", () => clearInterval(timer));
}

/** What a process holds; 0 for one that is gone. */
function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * pageBytes;
  } catch {
    return 0;
  }
}
