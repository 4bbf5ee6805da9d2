import { formatCount } from "../format/number.ts";
import { formatDay, formatSecond } from "../format/time.ts";
import { useLiveStatus } from "../live/use-status.ts";
import "./clock.css";

const words = { live: "live", connecting: "connecting…", reconnecting: "reconnecting…" } as const;

/** The app clock, its rate, and whether the figures on the page are live. */
export function Clock() {
  const { connection, status } = useLiveStatus();
  return (
    <section className="clock" aria-label="App clock">
      <p className="clock-time">
        {status ? (
          <time dateTime={status.appNow}>
            <span className="clock-day">{formatDay(status.appNow)}</span> <span>{formatSecond(status.appNow)} UTC</span>
          </time>
        ) : (
          "–"
        )}
      </p>
      <p className="clock-state">
        {status && status.clockRate !== 1 && <span className="clock-rate">{formatCount(status.clockRate)}× speed</span>}
        <span className={`clock-connection clock-${connection}`}>{words[connection]}</span>
      </p>
    </section>
  );
}
