import { TenonError } from "../../base/error.ts";
import type { AppDescription, PutAnswer } from "../../server/wire.ts";
import { type Command, exitCodes, tenantOption } from "../command.ts";
import { eventLines } from "../event-lines.ts";
import { flagText } from "../flags.ts";
import { withApp } from "../reach-app.ts";
import { importQuery } from "./events.ts";

const rejectsShown = 20;

const list: Command = {
  name: "tables list",
  summary: "Show the tables of the app with their columns",
  usage: "tenon tables list",
  options: [tenantOption],
  examples: ["tenon tables list", "tenon tables list --json"],
  async run(call) {
    const { output } = call;
    const { featureSets } = await withApp(call, "refuse", (app) => app.get<AppDescription>("/app"));
    const tables = featureSets.filter(({ table }) => table !== null);
    if (tables.length === 0) output.text("The app has no tables.");
    output.table(tables.map(({ name, entity, columns }) => [name, entity, columns.map((one) => one.name).join(", ")]));
    output.value({ tables: tables.map(({ name, entity, columns, table }) => ({ name, entity, table, columns })) });
    return exitCodes.ok;
  },
};

const put: Command = {
  name: "tables put",
  summary: "Put rows in a table from a file or standard input: JSON, an array, or NDJSON",
  usage: "tenon tables put NAME FILE|- [--import]",
  options: [
    { flag: "--import", about: "History: rows were known at their `receivedAt`, or `--latency` after `validFrom`" },
    { flag: "--latency", value: "SPAN", about: "How long after `validFrom` a row was known, such as 5m; default 0" },
    tenantOption,
  ],
  examples: [
    "tenon tables put plan plans.ndjson",
    `echo '{"account":"a1","tier":"pro","validFrom":"2025-03-01T00:00:00Z"}' | tenon tables put plan -`,
  ],
  async run(call) {
    const { output, words } = call;
    const [name = "", file = ""] = words;
    const path = `/tables/${encodeURIComponent(name)}${importQuery(call)}`;
    const answer = await withApp(call, "refuse", async (app) =>
      app.putLines<PutAnswer>(path, await eventLines(file, output.progress(`Putting ${name}`))),
    );
    const { accepted, rejected, rejectedCount } = answer;
    output.text(`${accepted} put${rejectedCount === 0 ? "" : `, ${rejectedCount} rejected`}`);
    for (const { index, code, message } of rejected.slice(0, rejectsShown))
      output.text(`  ${output.paint("red", `row ${index + 1}`)}: ${message} ${output.paint("dim", `[${code}]`)}`);
    if (rejectedCount > rejectsShown) output.text(`  and ${rejectedCount - rejectsShown} more`);
    output.value(answer);
    return rejectedCount > 0 ? exitCodes.failed : exitCodes.ok;
  },
};

const remove: Command = {
  name: "tables delete",
  summary: "Take keys out of a table, from now on or from a time on",
  usage: "tenon tables delete NAME KEY... [--valid-from TIME]",
  options: [
    { flag: "--valid-from", value: "TIME", about: "From when on they are out, such as 2025-03-01T00:00:00Z" },
    tenantOption,
  ],
  examples: ["tenon tables delete plan a1", "tenon tables delete plan a1 a2 --valid-from 2025-03-01T00:00:00Z"],
  async run(call) {
    const { output, words } = call;
    const [name = "", ...keys] = words;
    if (keys.length === 0) throw new TenonError("cli.usage", "name the keys to take out");
    const validFrom = flagText(call, "valid-from");
    const answer = await withApp(call, "refuse", async (app) => {
      const { featureSets } = await app.get<AppDescription>("/app");
      const table = featureSets.find((set) => set.name === name && set.table !== null);
      const key = table?.table?.key ?? "key";
      const rows = keys.map((value) => ({ [key]: table?.keyType === "integer" ? Number(value) : value }));
      const body = { keys: rows, ...(validFrom === undefined ? {} : { validFrom }) };
      return app.delete<PutAnswer>(`/tables/${encodeURIComponent(name)}`, body);
    });
    output.text(`${answer.accepted} taken out`);
    output.value(answer);
    return answer.rejectedCount > 0 ? exitCodes.failed : exitCodes.ok;
  },
};

export const tableCommands: readonly Command[] = [list, put, remove];
