import { type ErrorKind, kind } from "./error-kind.ts";
import { batchErrors } from "./error-table-batch.ts";
import { configErrors } from "./error-table-config.ts";
import { modelErrors } from "./error-table-model.ts";
import { scoreErrors } from "./error-table-score.ts";
import { sourceErrors } from "./error-table-sources.ts";

export type { ErrorKind } from "./error-kind.ts";

/** Every error that Tenon answers or throws. `docs/reference/errors.md` is generated from it and tested both ways. */
export const errorTable = {
  // The caller's credential
  "key.missing": kind(
    401,
    "no",
    "No API key was given",
    "Send the key as `Authorization: Bearer tn_…`; `tenon keys create` makes one.",
  ),
  "key.unknown": kind(
    401,
    "no",
    "The API key is not known",
    "Check the key for a missing character, or make a new one with `tenon keys create`.",
  ),
  "key.absent": kind(404, "changed", "No API key has this id", "`tenon keys list` lists them."),
  "key.scope": kind(
    403,
    "no",
    "The API key has no right to do this",
    "Use a key with the scope that the message names.",
  ),
  "key.published": kind(
    403,
    "no",
    "A published key does not let this be done",
    "Ask one of its predictions from a page of one of its sites, or use a secret key on your own server.",
  ),
  "key.visitor": kind(
    429,
    "later",
    "One visitor asks more often than the published key lets them",
    "Wait as long as Retry-After says, or publish a key with more calls a minute.",
  ),
  "key.quota": kind(
    429,
    "later",
    "The key has made all calls of its quota",
    "Wait as long as Retry-After says, send arrays rather than more calls, or use a key with more calls a minute.",
  ),
  "host.refused": kind(
    403,
    "no",
    "The Host header is not one of this server's names",
    "Open the address that the server printed, or name yours with `--allow-host`.",
  ),
  // The request
  "route.unknown": kind(
    404,
    "no",
    "There is no such address",
    "See /openapi.json for the addresses that this app answers.",
  ),
  "method.refused": kind(
    405,
    "no",
    "This address does not answer that method",
    "Use the method that the Allow header names.",
  ),
  "body.too-large": kind(
    413,
    "changed",
    "The body is larger than this address takes",
    "Send fewer items a call, or NDJSON, which is read as a stream.",
  ),
  "body.unreadable": kind(
    400,
    "changed",
    "The body is not JSON in UTF-8",
    "Send one JSON value, an array, or NDJSON with `Content-Type: application/x-ndjson`.",
  ),
  "input.invalid": kind(
    422,
    "changed",
    "The input does not fit its definition",
    "Mend the fields that `errors` lists.",
  ),
  "field.unknown": kind(
    422,
    "changed",
    "The definition has no such field",
    "Remove the field, or write it as the definition does.",
  ),
  "field.missing": kind(422, "changed", "A field is missing", "Send the field, or make its column nullable."),
  "field.type": kind(
    422,
    "changed",
    "A field has another type than its column",
    "Send the type that the message names.",
  ),
  "field.range": kind(
    422,
    "changed",
    "A field's value is outside its column's bounds",
    "Send a value inside the bounds that the message names.",
  ),
  "time.future": kind(
    422,
    "changed",
    "The time lies too far in the future",
    "Check the clock and the unit: times are ISO 8601 with a zone, or epoch milliseconds.",
  ),
  "event.late": kind(
    422,
    "no",
    "The event is later than its definition accepts",
    "Raise `late` on the event, or import the history with an admin key.",
  ),
  "table.unknown": kind(
    404,
    "no",
    "The app defines no such table",
    "Use a name of `tenon tables list`, or add the table to `use`.",
  ),
  "entity.unknown": kind(
    404,
    "no",
    "The app defines no such entity",
    "Use the name of an entity of the configuration.",
  ),
  "event.unknown": kind(
    404,
    "no",
    "The app defines no such event",
    "Use the name of an event of the configuration, or add the event to `use`.",
  ),
  "features.unknown": kind(404, "no", "The app defines no such feature set", "Use a name of `tenon features list`."),
  "definition.unknown": kind(
    404,
    "no",
    "Nothing in the app has this name",
    "`tenon features list` lists the features; a name may carry its kind: `model:risk`.",
  ),
  "prediction.unknown": kind(
    404,
    "no",
    "The app defines no such prediction",
    "Use the name of a prediction of the configuration, or add the prediction to `use`.",
  ),
  "model.unknown": kind(404, "no", "There is no such model", "`tenon models list` lists them."),
  "version.unknown": kind(404, "no", "The model has no such version", "`tenon models show NAME` lists its versions."),
  "idempotency.mismatch": kind(
    422,
    "changed",
    "The idempotency key came with another row before",
    "Send a new key with each new row, and the same one only to try the same row again.",
  ),
  "prediction.unlabelled": kind(
    409,
    "changed",
    "No label says what came of this prediction",
    "Ask a trained model, with the `id` of the row in the call or with `record: true` in the prediction.",
  ),
  "prediction.unlogged": kind(
    404,
    "no",
    "No prediction with this id is logged",
    "Use the id of a receipt; ids are kept as long as the prediction log is.",
  ),
  "tenant.unknown": kind(404, "no", "There is no such tenant", "`tenon keys create --tenant NAME` makes one."),
  "position.unreached": kind(
    504,
    "later",
    "The position was not applied in time",
    "Try again: the applier is behind, see `tenon_applier_lag_events`.",
  ),
  "position.invalid": kind(
    400,
    "changed",
    "The position is not one that this server gave",
    "Send a position back as it was received.",
  ),
  // Load
  "log.full": kind(
    429,
    "later",
    "The log's queue is full",
    "Wait as long as Retry-After says; send larger batches rather than more calls.",
  ),
  "server.busy": kind(
    503,
    "later",
    "The server has as many calls as it takes",
    "Wait as long as Retry-After says; where that is often, run more servers.",
  ),
  "key.busy": kind(
    429,
    "later",
    "The key has as many calls under way as one may",
    "Wait for answers before sending more, or send arrays rather than more calls.",
  ),
  "prediction.busy": kind(
    503,
    "later",
    "The prediction has as many calls under way and waiting as it takes",
    "Wait as long as Retry-After says; where that is often, give it a wider `bulkhead` or a faster model.",
  ),
  "tenant.quota": kind(
    429,
    "later",
    "The tenant has no call left this minute",
    "Wait as long as Retry-After says, or have its quota raised: `tenon tenants quota`.",
  ),
  "server.draining": kind(503, "later", "The server is shutting down", "Try again: another process takes over."),
  // Learning
  "dataset.empty": kind(
    409,
    "later",
    "There is no matured example to learn from",
    "Ingest events until labels mature; `tenon dataset build` says how many are immature.",
  ),
  "dataset.one-class": kind(
    409,
    "later",
    "All matured examples have the same label",
    "Wait for the other class, or check the outcome's definition.",
  ),
  "gate.failed": kind(
    409,
    "changed",
    "A gate does not let this version go live",
    "See the gate's figures with `tenon models show`; `--force` is recorded in the audit.",
  ),
  "model.no-live": kind(409, "later", "The model has no live version", "Train one: `tenon train NAME`."),
  "model.no-previous": kind(
    409,
    "no",
    "There is no earlier live version to go back to",
    "Promote a version by number.",
  ),
  "train.busy": kind(409, "later", "This model is in training already", "Wait for the run, see `tenon models show`."),
  ...configErrors,
  ...sourceErrors,
  ...batchErrors,
  ...modelErrors,
  ...scoreErrors,
  // The data directory and the machine
  "data.locked": kind(
    500,
    "later",
    "Another process owns this data directory",
    "Stop it, or let the command line reach it over its socket.",
  ),
  "data.newer": kind(
    500,
    "no",
    "The data directory was written by a newer Tenon",
    "Install the newer version, or use another directory.",
  ),
  "data.readonly": kind(
    503,
    "later",
    "The data directory cannot be written",
    "Check its owner and mode, and the mount.",
  ),
  "data.full": kind(
    503,
    "later",
    "The disk is full",
    "Free space: what was acknowledged is safe, new events are refused until then.",
  ),
  "data.corrupt": kind(
    500,
    "no",
    "A file of the data directory is damaged",
    "`tenon doctor --rebuild` makes the online store anew; restore the log from a backup.",
  ),
  "port.taken": kind(500, "changed", "The port is in use", "Choose another with `--port` or TENON_PORT."),
  "serve.keyless": kind(500, "changed", "A server beyond loopback needs keys", "Make one first: `tenon keys create`."),
  "sql.name": kind(
    500,
    "changed",
    "A name is too long for the database",
    "Choose a shorter name in the configuration.",
  ),
  "cli.usage": kind(400, "changed", "The command cannot be read", "See `tenon help COMMAND`."),
  "cli.not-running": kind(503, "later", "No Tenon is running on this data directory", "Start it: `tenon dev`."),
  internal: kind(500, "later", "Tenon made a mistake", "Please report it with the request id; the log has the stack."),
} as const satisfies Readonly<Record<string, ErrorKind>>;

export type ErrorCode = keyof typeof errorTable;
