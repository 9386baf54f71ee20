/**
 * A stand-in for the bank marketing data set, for when there is no internet: the same header, separator, quoting,
 * types, categories and ranges, and as many rows. Every value is drawn from a seeded generator. It holds nobody's data
 * and teaches nothing about banks: a model trained on it shows that a pipeline works.
 */
import { COLUMNS, HEADER, NEVER, ROWS } from "./bank-columns.ts";

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Quarters of the economy: employment variation, price index, confidence index, Euribor, employees. */
const QUARTERS: readonly (readonly [number, number, number, number, number])[] = [
  [1.1, 93.994, -36.4, 4.857, 5191],
  [1.4, 94.465, -41.8, 4.961, 5228.1],
  [1.4, 93.918, -42.7, 4.962, 5228.1],
  [1.4, 93.444, -36.1, 4.965, 5228.1],
  [-0.1, 93.2, -42, 4.191, 5195.8],
  [-1.8, 92.893, -46.2, 1.313, 5099.1],
  [-1.8, 93.075, -47.1, 1.405, 5099.1],
  [-2.9, 92.201, -31.4, 0.883, 5076.2],
  [-3.4, 92.431, -26.9, 0.739, 5017.5],
  [-1.1, 94.767, -50.8, 1.039, 4963.6],
];

/** Bytes of the file; the same seed gives the same bytes. */
export function syntheticBank(seed = 1, rows = ROWS): Buffer {
  const next = seeded(seed);
  const pickers = new Map(
    COLUMNS.flatMap((one) => (one.categories ? [[one.name, picker(one.categories)] as const] : [])),
  );
  const pick = (name: string) => (pickers.get(name) as (at: number) => string)(next());
  const between = (from: number, to: number, skew = 1) => Math.round(from + (to - from) * next() ** skew);
  const lines = [HEADER];
  for (let row = 0; row < rows; row++) {
    const quarter = QUARTERS[Math.floor(next() * QUARTERS.length)] as (typeof QUARTERS)[number];
    const contacted = next() < 0.037;
    const poutcome = contacted
      ? next() < 0.9
        ? "success"
        : "failure"
      : next() < 0.1
        ? "failure"
        : "nonexistent";
    const duration = between(0, 4918, 7);
    // people who talk long, and who said yes before, say yes more often: so that a model finds something
    const chance = 0.03 + Math.min(0.5, duration / 2500) + (poutcome === "success" ? 0.35 : 0);
    const values: Record<string, string | number> = {
      age: between(17, 98, 1.7),
      duration,
      campaign: between(1, 56, 9),
      pdays: contacted ? between(0, 27, 1.5) : NEVER,
      previous: poutcome === "nonexistent" ? 0 : between(1, 7, 4),
      poutcome: `"${poutcome}"`,
      "emp.var.rate": quarter[0],
      "cons.price.idx": quarter[1],
      "cons.conf.idx": quarter[2],
      euribor3m: quarter[3],
      "nr.employed": quarter[4],
      y: next() < chance ? '"yes"' : '"no"',
    };
    lines.push(COLUMNS.map(({ name }) => values[name] ?? `"${pick(name)}"`).join(";"));
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}

/** Draws a category by its weight. */
function picker(categories: Readonly<Record<string, number>>): (at: number) => string {
  const names = Object.keys(categories);
  const sums: number[] = [];
  let sum = 0;
  for (const weight of Object.values(categories)) sums.push((sum += weight));
  return (at) => names[sums.findIndex((one) => at * sum < one)] ?? (names[0] as string);
}
