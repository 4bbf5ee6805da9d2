import { TenonError } from "../../base/error.ts";
import type { MetadataStore } from "../../ports/metadata-store.ts";

/** How far a query has been taken: all before is durable in the log. */
export interface PullCursor {
  /** The column that it is a value of. */
  readonly column: string;
  readonly value: string | undefined;
  /** The end was reached once: what comes now is no history. */
  readonly isLive: boolean;
  /** By the app clock. */
  readonly savedAtMs: number;
}

const settingOf = (event: string): string => `source ${event}`;

/** @throws source.query where the query's cursor is another column than the one that was followed */
export async function readPullCursor(
  metadata: MetadataStore,
  event: string,
  column: string,
): Promise<PullCursor | undefined> {
  const text = await metadata.setting(settingOf(event));
  if (text === undefined) return undefined;
  const cursor: PullCursor = JSON.parse(text);
  if (cursor.column === column) return cursor;
  throw new TenonError(
    "source.query",
    `rows were taken by "${cursor.column}" up to ${cursor.value}, and the cursor is "${column}" now: which rows are new is not known; name the old one, or give the event a new name`,
  );
}

export const savePullCursor = (metadata: MetadataStore, event: string, cursor: PullCursor): Promise<void> =>
  metadata.setSetting(settingOf(event), JSON.stringify(cursor));
