import { build } from "./build.mjs";

await build();
await import("../examples/acme/start.ts");
