import type { Tenon } from "../service/tenon.ts";

/** Whether what is read is live, and what answers is there: features are not too far behind the log, models were loaded. */
export const isReady = (tenon: Tenon): boolean =>
  tenon.lag.isWithinBounds && !tenon.coverage.isCatchingUp && loadingModels(tenon).length === 0;

/** Models that are loaded for the first time. One that cannot be is none of them: its fallback answers, and says so. */
export const loadingModels = ({ builds }: Tenon): readonly string[] =>
  builds.runtimes.filter(({ isTried }) => !isTried).map(({ plan }) => plan.name);
