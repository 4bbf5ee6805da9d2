/** A progress bar on a terminal; elsewhere a plain line now and then. */
export function progressLine(title: string): (done: number, detail: string) => void {
  const isTerminal = process.stdout.isTTY === true;
  let toldMs = 0;
  return (done, detail) => {
    const percent = Math.round(Math.max(0, Math.min(1, done)) * 100);
    if (isTerminal) {
      const filled = Math.round(percent / 4);
      process.stdout.write(
        `\r\x1b[K${title} ${"█".repeat(filled)}${"░".repeat(25 - filled)} ${percent} %  ${detail}${percent === 100 ? "\n" : ""}`,
      );
      return;
    }
    const nowMs = performance.now();
    if (percent < 100 && nowMs - toldMs < 2_000) return;
    toldMs = nowMs;
    console.log(`${title}: ${percent} %  ${detail}`);
  };
}
