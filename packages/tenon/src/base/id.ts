import { randomBytes, randomUUID } from "node:crypto";
import { sha256 } from "./hash.ts";

/** A new unique id for an event, a prediction or a run. */
export const newId = (): string => randomUUID();

/** A new API key: 256 random bits behind the prefix that scanners can find; of one that is no secret, another prefix. */
export const newApiKey = (isPublishable = false): string =>
  `${isPublishable ? "tn_pub_" : "tn_"}${randomBytes(32).toString("base64url")}`;

/** What is stored of a key: its SHA-256. 256 random bits need no salt and no slow hash. */
export const hashApiKey = (key: string): string => sha256(key);

/** A one-time token for the console's address. */
export const newToken = (): string => randomBytes(24).toString("base64url");
