import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { Tenon } from "../tenon.ts";
import type { ImportMode } from "./import-mode.ts";
import type { Ingested, Reject } from "./ingest.ts";

/** An item of a mixed call: the event that its `type` names, and its row. */
interface Typed {
  readonly index: number;
  readonly type: string;
  readonly row: unknown;
}

/**
 * Takes events of several names, each named by its `type`: our own rows, or CloudEvents, whose `data` is the row. A bad
 * one never sinks its neighbours, and one of an unknown type is a reject.
 */
export async function ingestMixed(
  tenon: Tenon,
  tenant: number,
  items: readonly unknown[],
  mode?: ImportMode,
): Promise<Ingested> {
  const typed: Typed[] = [];
  const rejected: Reject[] = [];
  for (const [index, item] of items.entries()) {
    const found = typedOf(index, item);
    if ("places" in found) rejected.push(found);
    else typed.push(found);
  }
  let total = { accepted: 0, duplicate: 0, conflict: 0, late: 0, lastSeq: tenon.log.lastSeq };
  let rejectedCount = rejected.length;
  for (const [type, ofType] of Map.groupBy(typed, (one) => one.type)) {
    const taken = await take(tenon, tenant, type, ofType, mode);
    total = {
      accepted: total.accepted + taken.accepted,
      duplicate: total.duplicate + taken.duplicate,
      conflict: total.conflict + taken.conflict,
      late: total.late + taken.late,
      lastSeq: Math.max(total.lastSeq, taken.lastSeq),
    };
    rejectedCount += taken.rejectedCount;
    rejected.push(...taken.rejected.map(({ index, places }) => ({ index: ofType[index].index, places })));
  }
  const told = rejected.sort((a, b) => a.index - b.index).slice(0, limit.rejectsTold);
  return { ...total, rejected: told, rejectedCount };
}

async function take(
  tenon: Tenon,
  tenant: number,
  type: string,
  items: readonly Typed[],
  mode: ImportMode | undefined,
): Promise<Ingested> {
  try {
    return await tenon.ingest(
      tenant,
      type,
      items.map(({ row }) => row),
      mode,
    );
  } catch (thrown) {
    if (!(thrown instanceof TenonError) || thrown.code !== "event.unknown") throw thrown;
    const places = [{ path: "/type", code: thrown.code, message: thrown.message }];
    const rejected = items.map((_, index) => ({ index, places }));
    const none = { accepted: 0, duplicate: 0, conflict: 0, late: 0, lastSeq: tenon.log.lastSeq };
    return { ...none, rejected, rejectedCount: rejected.length };
  }
}

function typedOf(index: number, item: unknown): Typed | Reject {
  const refuse = (path: string, message: string): Reject => ({
    index,
    places: [{ path, code: "field.type", message }],
  });
  if (item === null || typeof item !== "object" || Array.isArray(item))
    return refuse("", "expected an object with a `type`");
  const { type, ...row }: Record<string, unknown> = { ...item };
  if (typeof type !== "string") return refuse("/type", "`type` names the event");
  if (!("specversion" in row)) return { index, type, row };
  const { data, id, time } = row;
  if (row.specversion !== "1.0") return refuse("/specversion", "CloudEvents of version 1.0 are taken");
  if (data === null || typeof data !== "object" || Array.isArray(data))
    return refuse("/data", "`data` is the event's row, as JSON");
  return { index, type, row: { ...data, id, ...(time === undefined ? {} : { at: time }) } };
}
