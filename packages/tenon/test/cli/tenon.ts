// The command line from its sources, as `bin/tenon.js` runs the compiled one.
import { main } from "../../src/cli/main.ts";

await main(process.argv.slice(2));
