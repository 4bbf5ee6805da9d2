import { join, resolve } from "node:path";

/** Where an app is: its configuration and its data. */
export interface Places {
  readonly configFile: string;
  readonly dataDir: string;
}

/** The places that were named, by TENON_DATA too, or `tenon.config.ts` here and `.tenon` beside it. */
export function placesOf(o: {
  readonly configFile?: string | undefined;
  readonly dataDir?: string | undefined;
}): Places {
  const configFile = resolve(o.configFile ?? "tenon.config.ts");
  return { configFile, dataDir: resolve(o.dataDir ?? process.env.TENON_DATA ?? join(configFile, "..", ".tenon")) };
}
