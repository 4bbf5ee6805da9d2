import { type Command, exitCodes } from "../command.ts";
import { withApp } from "../reach-app.ts";

export const consoleCommand: Command = {
  name: "console",
  summary: "Tell a new address that opens the running app's console once",
  usage: "tenon console",
  options: [],
  examples: ["tenon console", "open $(tenon console)"],
  async run(call) {
    const { address } = await withApp(call, "refuse", (app) =>
      app.post<{ readonly address: string }>("/console-address"),
    );
    call.output.text(address);
    call.output.value({ address });
    return exitCodes.ok;
  },
};
