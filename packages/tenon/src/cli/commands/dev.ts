import { dirname } from "node:path";
import { messageOf } from "../../base/error.ts";
import {
  developmentKey,
  packageVersion,
  type Reloaded,
  type Running,
  type Served,
  serve,
  startTenon,
} from "../../run.ts";
import { describeApp } from "../../server/describe-app.ts";
import { type Command, exitCodes } from "../command.ts";
import { flagCount, flagList, flagText } from "../flags.ts";
import { noteLogger } from "../note-logger.ts";
import type { Output } from "../output.ts";
import { errorLines } from "../report-error.ts";
import { changeCount, changeLines } from "../show-changes.ts";
import { stopSignal } from "../stop-signal.ts";
import { watchSources } from "../watch-sources.ts";

export const dev: Command = {
  name: "dev",
  summary: "Run the app on this machine and follow its configuration as it is saved",
  usage: "tenon dev [--port N]",
  options: [
    { flag: "--port", value: "N", about: "Default 4000 or TENON_PORT; 0 takes a free one" },
    { flag: "--host", value: "HOST", about: "Default 127.0.0.1" },
    { flag: "--allow-host", value: "NAME", list: true, about: "A further name that this server may be called by" },
    {
      flag: "--allow-origin",
      value: "ORIGIN",
      list: true,
      about: "A site whose pages may call from a browser, such as https://app.example.com",
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
    {
      flag: "--tenant",
      value: "NAME",
      about: "The development tenant; default the app's name, or `default` without tenancy",
    },
  ],
  examples: ["tenon dev", "tenon dev --port 0 --data /tmp/try"],
  async run(call) {
    const { output, places } = call;
    const stop = stopSignal();
    const tenant = flagText(call, "tenant");
    const port = flagCount(call, "port", { min: 0, max: 65_535 });
    const feastPort = flagCount(call, "feast", { min: 0, max: 65_535 });
    // From before the configuration is read: a save during the start is followed, too.
    let follow: (() => Promise<void>) | undefined;
    let isMissed = false;
    const onChange = async (): Promise<void> => {
      if (follow === undefined) isMissed = true;
      else await follow();
    };
    const watching = watchSources({ dir: dirname(places.configFile), ignore: places.dataDir, onChange });
    const running = await startTenon({ ...places, recomputes: true, logger: noteLogger(output) }).catch(
      async (thrown: unknown) => {
        await watching.close();
        throw thrown;
      },
    );
    try {
      const listening = await serve(running, {
        host: flagText(call, "host") ?? "127.0.0.1",
        allowHosts: flagList(call, "allow-host"),
        allowOrigins: flagList(call, "allow-origin"),
        ...(port === undefined ? {} : { port }),
        ...(feastPort === undefined ? {} : { feastPort }),
        oipRoot: call.flags["oip-root"] === true,
        ...(tenant === undefined ? {} : { tenant }),
      });
      const key = await developmentKey(running, listening.tenant);
      tellStarted(output, running, { ...listening, key });
      follow = follower(output, running);
      if (isMissed) await follow();
      await stop.asked;
      output.text("\nStopping …");
      await watching.close();
      await listening.close();
    } finally {
      await watching.close();
      await running.close();
    }
    output.value({ kind: "stopped" });
    return exitCodes.ok;
  },
};

function tellStarted(output: Output, running: Running, o: Served & { readonly key: string }): void {
  const { tenon, dataDir } = running;
  const { paint } = output;
  const { predictions, name, build } = describeApp(tenon, o.tenant, packageVersion);
  // A rule answers before the first event; a trained model has its fallback until then.
  const rules = tenon.build.app.plan.models.filter((model) => model.source === "pretrained").map((model) => model.name);
  const shown = predictions.find(({ model }) => rules.includes(model)) ?? predictions[0];
  const body = JSON.stringify(shown?.example ?? {}).replaceAll("'", "'\\''");
  const curl =
    shown === undefined
      ? undefined
      : `curl -s ${o.url}/predict/${shown.name} -H 'Authorization: Bearer ${o.key}' -H 'Content-Type: application/json' -d '${body}'`;
  output.text(`${paint("bold", `Tenon ${packageVersion}`)} runs "${name}" (build ${build}) on ${dataDir}\n`);
  output.text(`  Console  ${paint("cyan", o.consoleUrl)}`);
  output.text(`  API key  ${o.key}  ${paint("dim", `(tenant ${o.tenant})`)}`);
  if (curl !== undefined) output.text(`  Predict  ${curl}`);
  if (o.feastUrl !== undefined) output.text(`  Feast    ${o.feastUrl}`);
  output.text(`\n${paint("dim", "Saving the configuration takes effect at once. Ctrl-C stops.")}`);
  output.value({
    kind: "started",
    url: o.url,
    consoleUrl: o.consoleUrl,
    tenant: o.tenant,
    key: o.key,
    curl: curl ?? null,
    feastUrl: o.feastUrl ?? null,
    build,
    dataDir,
  });
}

/** Follows the configuration: tells what changed, and every mistake of one that does not compile. */
function follower(output: Output, running: Running): () => Promise<void> {
  let wasBroken = false;
  return async () => {
    try {
      const reloaded = await running.reload();
      tellReloaded(output, reloaded, { build: running.tenon.build.id, wasBroken });
      wasBroken = reloaded.error !== null;
    } catch (thrown) {
      output.note(`The change could not be applied: ${messageOf(thrown)}`);
    }
  };
}

function tellReloaded(
  output: Output,
  reloaded: Reloaded,
  o: { readonly build: string; readonly wasBroken: boolean },
): void {
  const { paint } = output;
  const { changed, changes, warnings, error } = reloaded;
  if (error !== null) {
    for (const line of errorLines(error)) output.text(line);
    output.text(`  Build ${o.build} goes on serving.`);
    output.value({
      kind: "refused",
      build: o.build,
      error: { code: error.code, message: error.message, errors: error.places },
    });
    return;
  }
  for (const { path, message } of warnings) output.text(`${paint("yellow", "!")} ${path}: ${message}`);
  if (changed) {
    const count = changes.length === 0 ? "nothing that callers see" : changeCount(changes);
    output.text(`${paint("green", "✓")} Build ${o.build} serves: ${count}`);
    for (const line of changeLines(changes, paint)) output.text(line);
    output.value({ kind: "reloaded", build: o.build, changes, warnings });
  } else if (o.wasBroken) {
    output.text(`${paint("green", "✓")} The configuration is whole again; build ${o.build} serves.`);
    output.value({ kind: "reloaded", build: o.build, changes, warnings });
  }
}
