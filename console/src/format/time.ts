// One zone for everything: the app clock is not the reader's, and windows are cut in UTC.
const timeZone = "UTC";
const second = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minute = new Intl.DateTimeFormat("en-GB", {
  timeZone,
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const short = new Intl.DateTimeFormat("en-GB", {
  timeZone,
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const exact = new Intl.DateTimeFormat("en-GB", {
  timeZone,
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const day = new Intl.DateTimeFormat("en-GB", {
  timeZone,
  day: "numeric",
  month: "short",
  year: "numeric",
});

const readable = (format: Intl.DateTimeFormat) => (iso: string) => {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : format.format(at);
};

/** 14:05:33 */
export const formatSecond = readable(second);
/** 28 Mar 2001, 14:05 */
export const formatMinute = readable(minute);
/** 28 Mar, 14:05 */
export const formatShort = readable(short);
/** 28 Mar, 14:05:33 */
export const formatExact = readable(exact);
/** 28 Mar 2001 */
export const formatDay = readable(day);

/** The value of a `datetime-local` field, read as UTC, as ISO 8601. */
export const isoOfField = (value: string): string => new Date(`${value}Z`).toISOString();

/** The value of a `datetime-local` field that shows an ISO time in UTC. */
export const fieldOfIso = (iso: string): string => {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? "" : new Date(at).toISOString().slice(0, 19);
};
