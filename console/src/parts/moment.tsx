import { formatExact, formatMinute, formatShort } from "../format/time.ts";

interface MomentProps {
  readonly at: string;
  readonly as?: "minute" | "short" | "exact";
}

const formats = { minute: formatMinute, short: formatShort, exact: formatExact };

/** A time in UTC, whole in its title. */
export function Moment({ at, as = "minute" }: MomentProps) {
  return (
    <time dateTime={at} title={`${at} (UTC)`}>
      {formats[as](at)}
    </time>
  );
}
