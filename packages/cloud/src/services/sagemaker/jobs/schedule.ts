/** Schedule expressions of SageMaker: `NOW`, and `cron(minute hour day month weekday year)` in UTC. */

const FIELDS: [low: number, high: number][] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [1, 7],
  [1970, 2199],
];
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

type Matcher = (value: number) => boolean;

function part(text: string, [low, high]: [number, number], names: string[] | undefined): Matcher | undefined {
  const number = (word: string) => {
    const named = names?.indexOf(word.toUpperCase()) ?? -1;
    return named >= 0 ? named + 1 : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  const matchers: Matcher[] = [];
  for (const piece of text.split(",")) {
    const [range = "", step] = piece.split("/");
    let [from, to] = [low, high];
    if (range !== "*" && range !== "?") {
      const [a = "", b] = range.split("-");
      from = number(a);
      to = b === undefined ? (step === undefined ? from : high) : number(b);
    }
    const by = step === undefined ? 1 : Number(step);
    if (Number.isNaN(from) || Number.isNaN(to) || !(by >= 1) || from < low || to > high) return undefined;
    matchers.push((value) => value >= from && value <= to && (value - from) % by === 0);
  }
  return (value) => matchers.some((matches) => matches(value));
}

/** The first time after `now` (epoch ms) that the expression names; `undefined` when it is none. */
export function nextTime(expression: string, now: number): number | undefined {
  if (expression === "NOW") return now;
  const words = /^cron\((.+)\)$/.exec(expression.trim())?.[1]?.trim().split(/\s+/);
  if (words?.length !== 6) return undefined;
  const parts = words.map((word, index) =>
    part(word, FIELDS[index] ?? [0, 0], index === 3 ? MONTHS : index === 4 ? DAYS : undefined),
  );
  const [minute, hour, day, month, weekday, year] = parts;
  if (!minute || !hour || !day || !month || !weekday || !year) return undefined;
  const anyDay = words[2] === "?" || words[2] === "*";
  const anyWeekday = words[4] === "?" || words[4] === "*";
  const time = new Date(now);
  time.setUTCSeconds(0, 0);
  time.setUTCMinutes(time.getUTCMinutes() + 1);
  // days are skipped whole, so that four years take some 1,500 steps at most
  for (let steps = 0; steps < 20_000; steps++) {
    const dayFits = anyDay
      ? weekday(time.getUTCDay() + 1)
      : anyWeekday
        ? day(time.getUTCDate())
        : day(time.getUTCDate()) || weekday(time.getUTCDay() + 1);
    if (!year(time.getUTCFullYear()) || !month(time.getUTCMonth() + 1) || !dayFits) {
      time.setUTCHours(24, 0, 0, 0);
    } else if (!hour(time.getUTCHours())) {
      time.setUTCMinutes(60, 0, 0);
    } else if (!minute(time.getUTCMinutes())) {
      time.setUTCMinutes(time.getUTCMinutes() + 1);
    } else {
      return time.getTime();
    }
  }
  return undefined;
}
