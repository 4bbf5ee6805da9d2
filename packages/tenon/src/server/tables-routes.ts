import { TenonError } from "../base/error.ts";
import { fieldOf, isRecord } from "../base/record.ts";
import { invalidInput } from "../service/ingest/ingest.ts";
import { parseJson, readBody } from "./http-request.ts";
import { sendJson } from "./http-response.ts";
import type { Call, Route } from "./route.ts";
import { answerOf, importMode, takeRows } from "./take-rows.ts";
import type { EventsAnswer, PutAnswer } from "./wire.ts";

export const tablesRoutes: readonly Route[] = [
  {
    method: "PUT",
    path: "/tables/:table",
    scope: "ingest",
    summary: "Puts one row of a table, an array, or NDJSON",
    handle: putRows,
  },
  {
    method: "DELETE",
    path: "/tables/:table",
    scope: "ingest",
    summary: "Takes keys out of a table",
    handle: deleteKeys,
  },
];

async function putRows(call: Call): Promise<void> {
  const { tenon, caller, response, parameters } = call;
  const table = parameters.table ?? "";
  const mode = importMode(call);
  const many = (rows: readonly unknown[]) => tenon.put(caller.tenant, table, rows, mode);
  const one = async (row: unknown) => {
    const put = await many([row]);
    const [reject] = put.rejected;
    if (reject !== undefined) throw invalidInput(`the row of ${table} cannot be put`, reject.places);
    return put;
  };
  sendJson(response, 202, putAnswer(await takeRows(call, { many, one })));
}

/** `{"keys":[{"account":"a1"}],"validFrom"?:"…"}` */
async function deleteKeys(call: Call): Promise<void> {
  const { tenon, caller, request, response, parameters } = call;
  const body = parseJson(await readBody(request));
  const keys = fieldOf(body, "keys");
  if (!Array.isArray(keys)) throw new TenonError("field.type", `the body is { "keys": [{ … }] }, the keys to take out`);
  const validFrom = fieldOf(body, "validFrom");
  const when = validFrom === undefined ? {} : { validFrom };
  const rows = keys.map((key: unknown) => (isRecord(key) ? { ...key, ...when, deleted: true } : key));
  const put = await tenon.put(caller.tenant, parameters.table ?? "", rows);
  const [reject] = put.rejected;
  if (put.accepted === 0 && reject !== undefined) throw invalidInput("the keys cannot be taken out", reject.places);
  sendJson(response, 202, putAnswer(answerOf(put)));
}

const putAnswer = ({ accepted, rejected, rejectedCount, position }: EventsAnswer): PutAnswer => ({
  accepted,
  rejected,
  rejectedCount,
  position,
});
