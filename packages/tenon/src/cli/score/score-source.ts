import { createWriteStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { EntityKeysAnswer } from "../../server/wire.ts";
import type { AppSocket } from "../app-socket.ts";
import { fileHash } from "../import/open-source.ts";
import type { SpineKeys } from "./score-target.ts";

/** Writes a file that is there whole or not at all. */
async function whole(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await write(`${file}.tmp`);
  await rename(`${file}.tmp`, file);
}

/**
 * Lists an entity's keys as rows in a file: what is scored is settled before it begins, and stays so over a stop. A list
 * that is there already is kept.
 */
export async function listKeys(
  app: AppSocket,
  { entity, column, while: table }: SpineKeys,
  file: string,
): Promise<void> {
  if (await isThere(file)) return;
  await whole(file, async (temporary) => {
    const handle = await open(temporary, "w", 0o600);
    try {
      for (let after: string | null | undefined; after !== null; ) {
        const query = new URLSearchParams({ ...(after === undefined ? {} : { after }) });
        if (table !== undefined) query.set("while", table);
        const page = await app.get<EntityKeysAnswer>(`/entities/${encodeURIComponent(entity)}/keys?${query}`);
        await handle.appendFile(page.keys.map((key) => `${JSON.stringify({ [column]: key })}\n`).join(""));
        after = page.next;
      }
    } finally {
      await handle.close();
    }
  });
}

/** Copies standard input to a file, since a scoring that was stopped reads it again; its hash. */
export async function copyInput(
  input: NodeJS.ReadableStream,
  dataDir: string,
): Promise<{ file: string; hash: string }> {
  const file = join(dataDir, "scores", `input-${process.pid}.ndjson`);
  await whole(file, (temporary) => pipeline(input, createWriteStream(temporary, { mode: 0o600 })));
  return { file, hash: await fileHash(file) };
}

/** Puts the copy where the scoring has its source; the same lines are there already where it goes on. */
export async function placeInput(copy: string, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  if (await isThere(file)) await rm(copy);
  else await rename(copy, file);
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
