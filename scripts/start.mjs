// `npm start`: the example app on embedded stores.
import { handOver, install } from "./setup.mjs";

install();
handOver("scripts/run-example.mjs", process.argv.slice(2));
