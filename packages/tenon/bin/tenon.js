#!/usr/bin/env node
import { existsSync } from "node:fs";

const neededMajor = 24;
if (Number(process.versions.node.split(".")[0]) < neededMajor) {
  console.error(
    `tenon needs Node ${neededMajor} or newer; this is ${process.version}. See https://nodejs.org/en/download`,
  );
  process.exit(1);
}
// node:sqlite is what the log stands on; that Node still calls it experimental helps no user.
const emitWarning = process.emitWarning;
process.emitWarning = (warning, ...rest) => {
  const kind = typeof rest[0] === "string" ? rest[0] : rest[0]?.type;
  if (kind !== "ExperimentalWarning") emitWarning.call(process, warning, ...rest);
};
const entry = new URL("../dist/cli/main.js", import.meta.url);
if (!existsSync(entry)) {
  console.error(
    "this copy of tenon was packed before it was built: run `npm start` or `npm run check` in its repository, then `npm pack`",
  );
  process.exit(1);
}
const { main } = await import(entry.href);
await main(process.argv.slice(2));
