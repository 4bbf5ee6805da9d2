import { join } from "node:path";
import { TenonError } from "../../base/error.ts";
import { csvSink, ndjsonSink } from "./file-sink.ts";
import { parquetSink } from "./parquet-sink.ts";
import type { Waiting } from "./patience.ts";
import { postgresSink } from "./postgres-sink.ts";
import type { SinkCall } from "./score-call.ts";
import type { ScoreSink } from "./score-sink.ts";
import { webhookSink } from "./webhook-sink.ts";

export interface SinkOptions {
  readonly dataDir: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly waiting: Waiting;
  readonly wallMs: () => number;
}

/** @throws secret.missing */
export function openSink(sink: SinkCall, { dataDir, environment, waiting, wallMs }: SinkOptions): ScoreSink {
  const secretOf = (name: string): string => {
    const value = environment[name];
    if (value !== undefined && value !== "") return value;
    throw new TenonError("secret.missing", `the environment variable ${name} is not set`);
  };
  switch (sink.kind) {
    case "csv":
      return csvSink(sink.file);
    case "ndjson":
      return ndjsonSink(sink.file);
    case "parquet":
      return parquetSink(sink.file, join(dataDir, "tmp"));
    case "postgres":
      return postgresSink(secretOf(sink.urlFrom), sink.table);
    case "webhook":
      return webhookSink({ url: sink.url, secret: secretOf(sink.secretFrom), waiting, wallMs });
  }
}
