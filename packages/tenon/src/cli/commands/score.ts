import { type Command, tenantOption } from "../command.ts";
import { fileOptions } from "../import/file-options.ts";
import { withApp } from "../reach-app.ts";
import { score } from "../score/score.ts";

/** A refused row stops no scoring. */
const rowOptions = fileOptions.filter(
  ({ flag }) => !["--received-at", "--rejects", "--rejects-max", "--restart"].includes(flag),
);

export const scoreCommand: Command = {
  name: "score",
  summary: "Predict for many rows into a file, a PostgreSQL table or a webhook; run again, it goes on where it stopped",
  usage: "tenon score PREDICTION --for SOURCE --to SINK [--rate N]",
  options: [
    {
      flag: "--for",
      value: "SOURCE",
      about:
        "A .csv, .parquet or .ndjson file of rows; `entity` or `entity:NAME` for every key that the app knows; - for NDJSON",
    },
    { flag: "--to", value: "SINK", about: "A .parquet, .csv or .ndjson file, postgres:TABLE, or https://…" },
    {
      flag: "--rate",
      value: "N",
      about: "Rows a second at most; default half of the time, with pauses as long as the calls",
    },
    { flag: "--explain", value: "features", about: "Write the features too that each row was scored by, as JSON" },
    { flag: "--url-from-env", value: "NAME", about: "The variable with PostgreSQL's address; default DATABASE_URL" },
    {
      flag: "--secret-from-env",
      value: "NAME",
      about: "The variable with the secret that a webhook's calls are signed with",
    },
    { flag: "--at", value: "COLUMN", about: "The source's column of the time that a row is scored for; default now" },
    ...rowOptions,
    {
      flag: "--rejects",
      value: "PATH",
      about: "Where rows go that are not taken; default SINK.rejects.ndjson, or PREDICTION.rejects.ndjson",
    },
    { flag: "--restart", about: "Begin at the first row, whatever an earlier run came to" },
    tenantOption,
  ],
  examples: [
    "tenon score churn --for entity --to postgres:churn_scores",
    "tenon score refund --for payments.csv --map id=order_no --to scores.parquet --explain features",
    "tenon score refund --for payments.ndjson --to https://crm.example.com/scores --secret-from-env SCORES_SECRET --rate 200",
  ],
  run: (call) => withApp(call, "refuse", (app) => score(call, app)),
};
