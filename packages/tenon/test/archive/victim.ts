// The process that the kill test kills: a log that takes entries, day after day, while closed days go to the archive.
import { join } from "node:path";
import { silentLogger } from "../../src/base/log.ts";
import { SqliteStorage } from "../../src/drivers/sqlite/storage.ts";
import { Archiver } from "../../src/run/archiver.ts";
import { logPlacesOf } from "../../src/run/whole-log.ts";
import { dayMs, firstDayMs } from "./days-app.ts";
import { payloadOf } from "./victim-payload.ts";

const dataDir = process.argv[2]!;
const places = logPlacesOf(dataDir);
const batchRows = 150;
let nowMs = firstDayMs;
const storage = await SqliteStorage.open({
  logDir: places.logDir,
  metadataFile: join(dataDir, "metadata.db"),
  dedupMs: dayMs,
  nowMs: () => nowMs,
});
nowMs = Math.max(nowMs, storage.lastLoggedAtMs);
const archiver = new Archiver({
  places,
  keepHotMs: dayMs,
  applier: {
    get appliedSeq() {
      return storage.lastSeq;
    },
    filling: {},
  },
  topics: () => ({ odd: 1, even: 2 }),
  dropBefore: (seq) => storage.dropBefore(seq),
  nowMs: () => nowMs,
  logger: silentLogger,
});

async function append(): Promise<never> {
  for (;;) {
    nowMs += dayMs / 6;
    const first = storage.lastSeq + 1;
    const items = Array.from({ length: batchRows }, (_, i) => {
      const id = `e${first + i}`;
      return {
        tenant: 1,
        topic: 1 + ((first + i) % 2),
        id,
        atMs: nowMs - i,
        receivedAtMs: nowMs,
        imported: i % 3 === 0,
        payload: payloadOf(id),
      };
    });
    const { lastSeq } = await storage.append(items);
    process.send?.(lastSeq);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function archive(): Promise<never> {
  for (;;) await archiver.run();
}

await Promise.race([append(), archive()]);
