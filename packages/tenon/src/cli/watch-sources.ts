import { type FSWatcher, readdirSync, watch } from "node:fs";
import { join, resolve } from "node:path";

/** Editors write a file in several steps. */
const debounceMs = 120;
/** More folders than this are no app's own sources. */
const foldersMax = 500;
const isSource = (name: string): boolean => /\.([cm]?[jt]s|json)$/.test(name);
const isIgnored = (name: string): boolean => name.startsWith(".") || name === "node_modules" || name === "dist";

/** Calls `onChange` after sources below a folder have changed, one call at a time. */
export function watchSources(o: {
  readonly dir: string;
  readonly ignore: string;
  readonly onChange: () => Promise<void>;
}): { close(): Promise<void> } {
  const ignored = resolve(o.ignore);
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(o.onChange);
    }, debounceMs);
  };
  const add = (dir: string): void => {
    if (watchers.has(dir) || watchers.size >= foldersMax || dir === ignored) return;
    const watcher = watch(dir, (_, name) => {
      if (name === null || isSource(name)) later();
      else if (!isIgnored(name)) addBelow(dir);
    });
    watcher.on("error", () => {
      // The folder is gone.
      watcher.close();
      watchers.delete(dir);
    });
    watchers.set(dir, watcher);
    addBelow(dir);
  };
  const addBelow = (dir: string): void => {
    for (const entry of foldersIn(dir)) add(entry);
  };
  add(resolve(o.dir));
  return {
    close: async () => {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      await running;
    },
  };
}

function foldersIn(dir: string): readonly string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && !isIgnored(entry.name)).map(({ name }) => join(dir, name));
  } catch {
    return [];
  }
}
