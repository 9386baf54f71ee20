/** Times as IAM and CloudTrail write them. Requests of one second share the text: formatting it costs more than most steps. */

let second = Number.NaN;
let text = "";

/** `2026-11-24T07:06:07Z` of a time in epoch milliseconds. */
export function isoSecond(time: number): string {
  const asked = Math.floor(time / 1000);
  if (asked !== second) {
    text = `${new Date(time).toISOString().slice(0, 19)}Z`;
    second = asked;
  }
  return text;
}
