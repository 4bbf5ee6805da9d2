// `npm run bench -- NAME [--json]`
import { handOver, install } from "./setup.mjs";

install();
handOver("scripts/run-bench.mjs", process.argv.slice(2));
