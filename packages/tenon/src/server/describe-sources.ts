import { errorTable } from "../base/error.ts";
import type { Caller } from "../service/govern/api-keys.ts";
import type { Tenon } from "../service/tenon.ts";
import { isOwner } from "./owner.ts";
import type { SourceStatus } from "./wire.ts";

/** The sources as a caller may see them: counts are the tenant's own, and an error may name the app's database. */
export function describeSources(tenon: Tenon, caller: Caller): SourceStatus[] {
  const { events } = tenon.build.app.plan;
  const seesAll = isOwner(tenon, caller);
  const whose = seesAll ? "all" : caller.tenant;
  const nowMs = tenon.machineNowMs();
  return events.flatMap(({ name, source }) => {
    if (source === undefined) return [];
    const pull = tenon.sources.pull(name);
    const tally = tenon.sources.tally(name);
    const error = pull?.error;
    const { upToDateAtMs, endReachedAtMs } = pull ?? {};
    return [
      {
        event: name,
        kind: source.kind,
        state: source.kind === "postgresQuery" ? (pull?.state ?? "starting") : "waiting",
        lagMs: upToDateAtMs === undefined ? null : Math.max(0, nowMs - upToDateAtMs),
        lastSuccessAt: endReachedAtMs === undefined ? null : new Date(endReachedAtMs).toISOString(),
        errors: pull?.errors ?? 0,
        error:
          error === undefined
            ? null
            : { code: error.code, message: seesAll ? error.message : errorTable[error.code].title },
        counts: tally.counts(whose),
        rejects: tally
          .rejects(whose)
          .map(({ atMs, id, message }) => ({ at: new Date(atMs).toISOString(), id, message })),
      },
    ];
  });
}
