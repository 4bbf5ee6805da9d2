import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { type Command, exitCodes } from "../command.ts";
import { withApp } from "../reach-app.ts";

interface ListedTenant {
  readonly name: string;
  readonly callsPerMinute: number | null;
}

const shown = ({ callsPerMinute }: ListedTenant): string =>
  callsPerMinute === null ? "no quota" : `${callsPerMinute} calls a minute`;

const list: Command = {
  name: "tenants list",
  summary: "Show the tenants of the app with their quotas",
  usage: "tenon tenants list",
  options: [],
  examples: ["tenon tenants list", "tenon tenants list --json"],
  async run(call) {
    const { output } = call;
    const answer = await withApp(call, "refuse", (app) =>
      app.get<{ readonly tenants: readonly ListedTenant[] }>("/tenants"),
    );
    output.table(answer.tenants.map((tenant) => [tenant.name, shown(tenant)]));
    output.value(answer);
    return exitCodes.ok;
  },
};

const quota: Command = {
  name: "tenants quota",
  summary: "Set how many calls a minute all keys of a tenant may make together",
  usage: "tenon tenants quota NAME CALLS|none",
  options: [],
  examples: ["tenon tenants quota acme 6000", "tenon tenants quota acme none"],
  async run(call) {
    const { output, words } = call;
    const [name = "", given = ""] = words;
    const callsPerMinute = given === "none" ? null : Number(given);
    if (name === "" || (callsPerMinute !== null && !Number.isSafeInteger(callsPerMinute)) || given === "")
      throw new TenonError(
        "cli.usage",
        `tenon tenants quota takes a tenant and a whole number up to ${limit.tenantCallsPerMinuteMax}, or none`,
      );
    const set = await withApp(call, "served", (app) =>
      app.put<ListedTenant>(`/tenants/${encodeURIComponent(name)}/quota`, { callsPerMinute }),
    );
    output.text(`${set.name}: ${shown(set)}`);
    output.value(set);
    return exitCodes.ok;
  },
};

export const tenantsCommands: readonly Command[] = [list, quota];
