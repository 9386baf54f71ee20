/** Dates in policy conditions, as strictly as IAM reads them when a policy is given: ISO 8601 parts, or epoch seconds. */

const LARGEST = 9223372036854775807n;

/** Whether IAM takes `text` as the value of a `Date…` operator. */
export function isPolicyDate(text: string): boolean {
  const lower = text.toLowerCase();
  if (!lower.includes("t") && !lower.includes("-")) {
    return /^\d+$/.test(lower) && BigInt(lower) <= LARGEST;
  }
  const [date = "", time = ""] = lower.split(/t(.*)/s);
  return isDate(date) && isTime(time);
}

const within = (text: string, low: number, high: number) =>
  /^-?\d+$/.test(text) && Number(text) >= low && Number(text) <= high;

/** `2016`, `2016-12`, `2016-12-13`; years may be negative. */
function isDate(text: string): boolean {
  const negative = text.startsWith("-");
  const [year = "", month, day, ...rest] = (negative ? text.slice(1) : text).split("-");
  return (
    rest.length === 0 &&
    within(negative ? `-${year}` : year, -292275054, 292278993) &&
    (month === undefined || within(month, 1, 12)) &&
    (day === undefined || within(day, 1, 31))
  );
}

/** Nothing, `2`, `02:00`, `02:00:00.5z`, `02:00:00+01:30`. */
function isTime(text: string): boolean {
  if (text === "") return true;
  const match = /^(\d+)(?::(\d+)(?::(\d+)(?:\.(\d+))?(z|[+-]\d{2}(?::\d{2})?)?)?)?$/.exec(text);
  if (!match) return false;
  const [, hours = "0", minutes = "0", seconds = "0", fraction = "0", zone = ""] = match;
  const [zoneHours = "0", zoneMinutes = "0"] =
    zone.startsWith("+") || zone.startsWith("-") ? zone.slice(1).split(":") : [];
  return (
    within(hours, 0, 23) &&
    within(minutes, 0, 59) &&
    within(seconds, 0, 59) &&
    within(fraction, 0, 999999999) &&
    within(zoneHours, 0, 23) &&
    within(zoneMinutes, 0, 59)
  );
}
