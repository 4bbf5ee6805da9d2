import { ByteWriter } from "../../base/bytes.ts";
import { newId } from "../../base/id.ts";
import { batchRuns } from "../../plan/batch-plan.ts";
import { RowEncoder } from "../../plan/row-codec.ts";
import type { LogItem } from "../../ports/event-log.ts";
import type { Catalogue } from "../materialize/event-decoder.ts";

/** What makes a run's rows seen: for one tenant, from a time on. */
export interface Publication {
  readonly tenant: number;
  readonly runsKey: string;
  readonly rowsAtMs: number;
  readonly asOfMs: number;
  readonly publishedAtMs: number;
  /** Of a backfill: it stands for what had been published then. */
  readonly isPast: boolean;
}

/** Publications as log items. */
export function publicationItems(publications: readonly Publication[], { topics, schemas }: Catalogue): LogItem[] {
  const schema = schemas.findLast(({ event }) => event === batchRuns.name);
  const encoder = new RowEncoder(batchRuns.columns, schema?.id ?? 0);
  return publications.map(({ tenant, runsKey, rowsAtMs, asOfMs, publishedAtMs, isPast }) => {
    const bytes = new ByteWriter();
    encoder.encode([runsKey, rowsAtMs, asOfMs], bytes);
    return {
      tenant,
      topic: topics[batchRuns.name],
      id: newId(),
      atMs: publishedAtMs,
      receivedAtMs: publishedAtMs,
      imported: isPast,
      payload: bytes.finish(),
    };
  });
}
