import type { AppClock } from "../../base/app-clock.ts";
import type { Logger } from "../../base/log.ts";

/** A step back of the machine's clock that is worth a line in the log. */
const aheadMsTold = 1_000;

/** Tells once that the machine's clock was set back. */
export class ClockWatch {
  readonly #clock: AppClock;
  readonly #logger: Logger;
  #isTold = false;

  constructor(clock: AppClock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  look(): void {
    const { aheadMs } = this.#clock;
    const isAhead = aheadMs > aheadMsTold;
    if (isAhead && !this.#isTold)
      this.#logger.warn({ aheadMs }, "the machine's clock was set back: the app clock goes slower until it is reached");
    this.#isTold = isAhead;
  }
}
