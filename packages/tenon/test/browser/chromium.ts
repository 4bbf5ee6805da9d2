import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Chromium where there is one; a machine of CI has to have it. */
function findChromium(): string | undefined {
  const named = process.env.TENON_CHROMIUM;
  if (named !== undefined) return named;
  const found = ["chromium", "google-chrome", "google-chrome-stable", "chromium-browser"]
    .map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim())
    .find((path) => path !== "");
  const mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
  return found ?? (existsSync(mac) ? mac : undefined);
}

export const executablePath = findChromium();
/** Why tests in a browser do not run. */
export const skip =
  executablePath === undefined && process.env.CI !== "true"
    ? "no Chromium: install it, or name one with TENON_CHROMIUM"
    : false;
