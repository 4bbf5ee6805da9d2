import type { Tenon } from "../service/tenon.ts";

/** Whether what is read is live: features are not too far behind the log. */
export const isReady = ({ lag, coverage }: Tenon): boolean => lag.isWithinBounds && !coverage.isCatchingUp;
