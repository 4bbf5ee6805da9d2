import { pino } from "pino";
import { formatDurationMs } from "../../base/duration.ts";
import { packageVersion, serve, startTenon } from "../../run.ts";
import { lagBoundsDefault } from "../../service/watch/applier-lag.ts";
import { type Command, exitCodes } from "../command.ts";
import { flagCount, flagDurationMs, flagList, flagText } from "../flags.ts";
import { stopSignal } from "../stop-signal.ts";

export const serveCommand: Command = {
  name: "serve",
  summary: "Run the app in production: JSON logs, no development key, no watching",
  usage: "tenon serve [--host HOST] [--port N] [--allow-host NAME]",
  options: [
    { flag: "--host", value: "HOST", about: "Default 127.0.0.1; another one needs API keys first" },
    { flag: "--port", value: "N", about: "Default 4000 or TENON_PORT" },
    {
      flag: "--allow-host",
      value: "NAME",
      list: true,
      about: "A name that requests may carry as Host, beside loopback's and --host",
    },
    {
      flag: "--allow-origin",
      value: "ORIGIN",
      list: true,
      about: "A site whose pages may call from a browser, such as https://app.example.com",
    },
    {
      flag: "--trust-proxy",
      about: "It stands behind a proxy: visitors of published keys are told apart by X-Forwarded-For",
    },
    {
      flag: "--oip-root",
      about:
        "Answer the Open Inference Protocol at /v2, KServe's at /v1 and /invocations too, where their clients look",
    },
    {
      flag: "--feast",
      value: "PORT",
      about: "Answer Feast's client on this port of loopback, without a key, for that tenant",
    },
    { flag: "--tenant", value: "NAME", about: "The tenant that the console shows" },
    {
      flag: "--ready-lag-events",
      value: "N",
      about: `Events that features may be behind until /health/ready is 503; default ${lagBoundsDefault.eventsMax}`,
    },
    {
      flag: "--ready-lag",
      value: "TIME",
      about: `The same by how long the oldest of them has waited, such as 30s; default ${formatDurationMs(lagBoundsDefault.msMax)}`,
    },
  ],
  examples: [
    "tenon keys create --tenant acme --scope ingest,predict && tenon serve --host 0.0.0.0 --allow-host api.example.com",
  ],
  async run(call) {
    const stop = stopSignal();
    const port = flagCount(call, "port", { min: 0, max: 65_535 });
    const feastPort = flagCount(call, "feast", { min: 0, max: 65_535 });
    const tenant = flagText(call, "tenant");
    const lagEventsMax = flagCount(call, "ready-lag-events", { min: 0, max: Number.MAX_SAFE_INTEGER });
    const lagMsMax = flagDurationMs(call, "ready-lag");
    // The log is this command's output, with --json and without.
    const logger = pino({ level: process.env.TENON_LOG ?? "info" });
    const running = await startTenon({
      ...call.places,
      recomputes: true,
      lagBounds: {
        ...(lagEventsMax === undefined ? {} : { eventsMax: lagEventsMax }),
        ...(lagMsMax === undefined ? {} : { msMax: lagMsMax }),
      },
      environment: process.env.TENON_ENV ?? "production",
      logger,
    });
    try {
      const { url, feastUrl, close } = await serve(running, {
        host: flagText(call, "host") ?? "127.0.0.1",
        allowHosts: flagList(call, "allow-host"),
        allowOrigins: flagList(call, "allow-origin"),
        trustsProxy: call.flags["trust-proxy"] === true,
        ...(port === undefined ? {} : { port }),
        ...(feastPort === undefined ? {} : { feastPort }),
        oipRoot: call.flags["oip-root"] === true,
        ...(tenant === undefined ? {} : { tenant }),
      });
      const { build, keys } = running.tenon;
      logger.info(
        {
          version: packageVersion,
          node: process.version,
          url,
          ...(feastUrl === undefined ? {} : { feastUrl }),
          build: build.id,
          dataDir: running.dataDir,
          keys: keys.count,
        },
        "listening",
      );
      if (keys.count === 0) logger.warn({ remedy: "tenon keys create" }, "there is no API key yet");
      await stop.asked;
      logger.info({}, "stopping");
      await close();
    } finally {
      await running.close();
    }
    logger.info({}, "stopped");
    return exitCodes.ok;
  },
};
