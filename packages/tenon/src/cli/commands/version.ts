import { packageVersion } from "../../run/version.ts";
import { type Command, exitCodes } from "../command.ts";

export const version: Command = {
  name: "version",
  summary: "Tell the versions of Tenon and Node",
  usage: "tenon version",
  options: [],
  examples: ["tenon version --json"],
  async run({ output }) {
    output.text(`tenon ${packageVersion} on Node ${process.version}`);
    output.value({ tenon: packageVersion, node: process.version });
    return exitCodes.ok;
  },
};
