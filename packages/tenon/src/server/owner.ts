import type { Caller } from "../service/govern/api-keys.ts";
import type { Tenon } from "../service/tenon.ts";

/** Whether the caller may see what concerns the whole app: its owner, or anybody's key where there are no tenants. */
export const isOwner = (tenon: Tenon, caller: Caller): boolean =>
  tenon.build.app.plan.app.tenancy === "none" || caller.keyId === "socket" || caller.keyId === "console";
