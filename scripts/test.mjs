// `npm test`: everything that must hold. Arguments: files to test, default all.
import { handOver, install } from "./setup.mjs";

install();
handOver("scripts/run-tests.mjs", process.argv.slice(2));
