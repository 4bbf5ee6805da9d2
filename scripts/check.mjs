// `npm run check`: format and lint, types, layers, unused code. Each says what it saw; one that saw nothing has failed.
import { handOver, install } from "./setup.mjs";

install();
handOver("scripts/run-checks.mjs", process.argv.slice(2));
