import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { suggestion } from "../../base/nearest.ts";
import { type Command, type CommandCall, exitCodes } from "../command.ts";
import { flagCount, flagList, flagText } from "../flags.ts";
import { withApp } from "../reach-app.ts";

const scopes: readonly string[] = ["ingest", "predict", "admin"];

interface ListedKey {
  readonly id: string;
  readonly tenant: string;
  readonly scopes: readonly string[];
  readonly note: string;
  readonly publishable: { readonly predictions: readonly string[] } | null;
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

const create: Command = {
  name: "keys create",
  summary: "Make an API key; its text is told this once",
  usage: "tenon keys create [--tenant NAME] [--scope LIST] [--note TEXT] [--publish PREDICTION --origin ORIGIN]",
  options: [
    { flag: "--tenant", value: "NAME", about: "Whose data the key sees; default the app's development tenant" },
    { flag: "--scope", value: "LIST", list: true, about: "Of ingest, predict and admin; default ingest,predict" },
    { flag: "--note", value: "TEXT", about: "What it is for" },
    {
      flag: "--publish",
      value: "PREDICTION",
      list: true,
      about: "For the code of a page: the key asks this prediction alone, and is no secret",
    },
    { flag: "--origin", value: "ORIGIN", list: true, about: "With --publish: a site whose pages may use the key" },
    {
      flag: "--calls-per-minute",
      value: "N",
      about: `Its quota; with --publish of one visitor, default ${limit.visitorCallsPerMinute}. Otherwise it has none`,
    },
  ],
  examples: [
    "tenon keys create --tenant acme --scope ingest,predict --note 'checkout service'",
    "tenon keys create --tenant acme --publish delay --origin https://app.example.com",
    "KEY=$(tenon keys create --json | jq -r .key)",
  ],
  async run(call) {
    const { output } = call;
    const given = flagList(call, "scope");
    const wrong = given.find((scope) => !scopes.includes(scope));
    if (wrong !== undefined)
      throw new TenonError(
        "cli.usage",
        `--scope takes ${scopes.join(", ")}; "${wrong}" is none of them.${suggestion(wrong, scopes)}`,
      );
    const publishable = publishedOf(call);
    const wanted = given.length > 0 ? given : publishable === undefined ? ["ingest", "predict"] : ["predict"];
    const { tenant: _, ...flags } = call.flags;
    // The tenant may be new: it is part of the key, and no tenant to act for.
    const body = {
      tenant: flagText(call, "tenant"),
      scopes: wanted,
      note: flagText(call, "note") ?? "",
      publishable,
      callsPerMinute: callsFlag(call),
    };
    const made = await withApp({ ...call, flags }, "served", (app) =>
      app.post<{ readonly id: string; readonly key: string }>("/keys", body),
    );
    output.text(made.key);
    output.text(output.paint("dim", `id ${made.id}, ${wanted.join(", ")}; this is the only time that it is shown`));
    if (publishable !== undefined)
      output.text(
        output.paint(
          "dim",
          `for pages of ${publishable.origins.join(", ")}; whoever sees it may only ask ${publishable.predictions.join(", ")}`,
        ),
      );
    output.value({ ...made, scopes: wanted });
    return exitCodes.ok;
  },
};

const callsFlag = (call: CommandCall): number | undefined =>
  flagCount(call, "calls-per-minute", { min: 1, max: limit.keyCallsPerMinuteMax });

function publishedOf(call: CommandCall) {
  const predictions = flagList(call, "publish");
  const origins = flagList(call, "origin");
  const callsPerMinute = callsFlag(call);
  if (predictions.length > 0 && origins.length > 0)
    return { predictions, origins, ...(callsPerMinute === undefined ? {} : { callsPerMinute }) };
  if (predictions.length === 0 && origins.length === 0) return undefined;
  throw new TenonError("cli.usage", "a published key names its predictions with --publish and its sites with --origin");
}

const list: Command = {
  name: "keys list",
  summary: "List the API keys, without their text",
  usage: "tenon keys list [--tenant NAME]",
  options: [{ flag: "--tenant", value: "NAME", about: "Of this tenant alone" }],
  examples: ["tenon keys list", "tenon keys list --tenant acme --json"],
  async run(call) {
    const { output } = call;
    const { tenant, ...flags } = call.flags;
    const { keys } = await withApp({ ...call, flags }, "served", (app) =>
      app.get<{ readonly keys: readonly ListedKey[] }>("/keys"),
    );
    const shown = keys.filter((key) => tenant === undefined || key.tenant === tenant);
    if (shown.length === 0) output.text("There is no key yet. Make one: tenon keys create");
    output.table(
      shown.map((key) => [
        key.id,
        key.tenant,
        key.publishable === null ? key.scopes.join(",") : `publishes ${key.publishable.predictions.join(",")}`,
        key.createdAt.slice(0, 16).replace("T", " "),
        key.revokedAt === null ? "" : output.paint("red", "revoked"),
        key.note,
      ]),
    );
    for (const key of shown) output.value(key);
    return exitCodes.ok;
  },
};

const revoke: Command = {
  name: "keys revoke",
  summary: "Revoke an API key: its next request is refused",
  usage: "tenon keys revoke ID",
  options: [],
  examples: ["tenon keys revoke 0b5c…  (the id from tenon keys list)"],
  async run(call) {
    const { output, words } = call;
    const answer = await withApp(call, "served", (app) => app.delete(`/keys/${encodeURIComponent(words[0] ?? "")}`));
    output.text(`${output.paint("green", "✓")} Key ${words[0]} is revoked.`);
    output.value(answer);
    return exitCodes.ok;
  },
};

export const keysCommands: readonly Command[] = [create, list, revoke];
