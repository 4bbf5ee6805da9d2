/** Tells how far something is: a share from 0 to 1, and a word about it. */
export type Progress = (done: number, detail: string) => void;

/** What is written to: a terminal, a file or a pipe. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Between two plain lines. */
const plainMs = 2_000;
const barCells = 24;

/** A bar that is drawn over on a terminal, and a plain line now and then elsewhere. */
export function progressOn(stream: TextStream, title: string, nowMs: () => number): Progress {
  let toldMs = nowMs();
  let isDone = false;
  return (done, detail) => {
    if (isDone) return;
    const share = Math.max(0, Math.min(1, done));
    const percent = Math.floor(share * 100);
    isDone = share === 1;
    if (stream.isTTY) {
      const filled = Math.round(share * barCells);
      const bar = "█".repeat(filled) + "░".repeat(barCells - filled);
      const line = `${title} ${bar} ${percent} %  ${detail}`;
      stream.write(`\r\u001b[K${line.slice(0, stream.columns || undefined)}${isDone ? "\n" : ""}`);
    } else if (isDone || nowMs() - toldMs >= plainMs) {
      toldMs = nowMs();
      stream.write(`${title}: ${percent} %${detail === "" ? "" : `  ${detail}`}\n`);
    }
  };
}
