import type { Route } from "../route.ts";

const prefix = /^\/(?:oip|kserve|scoring)(?=\/)/;

/** The routes of these protocols without their prefix; the root itself is the console's, and `/health` Feast's already. */
export const rootAliases = (routes: readonly Route[]): readonly Route[] =>
  routes
    .filter(({ path }) => prefix.test(path) && path !== "/scoring/health")
    .map((route) => ({ ...route, path: route.path.replace(prefix, "") }));
