/**
 * The columns of the bank marketing data set: what a file must look like to be it, and what its stand-in is made of.
 * S. Moro, P. Cortez, P. Rita: A data-driven approach to predict the success of bank telemarketing, 2014 (CC BY 4.0).
 * https://archive.ics.uci.edu/dataset/222/bank+marketing
 */

export const ROWS = 41_188;
/** Rows whose customer subscribed. */
export const YES = 4_640;
/** Rows whose customer was never contacted before. */
export const NEVER_CONTACTED = 39_673;
/** Bytes of the file as UCI packs it. */
export const BYTES = 5_834_924;
/** `pdays` of a customer who was never contacted before. */
export const NEVER = 999;

export interface Column {
  name: string;
  /** Values, with how often each comes (out of all their sum). */
  categories?: Readonly<Record<string, number>>;
  /** Smallest and largest value. */
  range?: readonly [number, number];
}

const category = (name: string, categories: Readonly<Record<string, number>>): Column => ({
  name,
  categories,
});
const number = (name: string, from: number, to: number): Column => ({ name, range: [from, to] });

export const COLUMNS: readonly Column[] = [
  number("age", 17, 98),
  category("job", {
    "admin.": 25,
    "blue-collar": 22,
    technician: 16,
    services: 10,
    management: 7,
    retired: 4,
    entrepreneur: 4,
    "self-employed": 3,
    housemaid: 3,
    unemployed: 3,
    student: 2,
    unknown: 1,
  }),
  category("marital", { married: 60, single: 28, divorced: 11, unknown: 1 }),
  category("education", {
    "university.degree": 300,
    "high.school": 230,
    "basic.9y": 150,
    "professional.course": 127,
    "basic.4y": 101,
    "basic.6y": 56,
    unknown: 42,
    illiterate: 1,
  }),
  category("default", { no: 7900, unknown: 2090, yes: 1 }),
  category("housing", { yes: 52, no: 45, unknown: 3 }),
  category("loan", { no: 82, yes: 15, unknown: 3 }),
  category("contact", { cellular: 63, telephone: 37 }),
  category("month", {
    may: 33,
    jul: 17,
    aug: 15,
    jun: 13,
    nov: 10,
    apr: 6,
    oct: 2,
    sep: 1.5,
    mar: 1.5,
    dec: 0.5,
  }),
  category("day_of_week", { thu: 21, mon: 20.5, wed: 20, tue: 19.5, fri: 19 }),
  number("duration", 0, 4918),
  number("campaign", 1, 56),
  number("pdays", 0, NEVER),
  number("previous", 0, 7),
  category("poutcome", { nonexistent: 86, failure: 11, success: 3 }),
  number("emp.var.rate", -3.4, 1.4),
  number("cons.price.idx", 92.201, 94.767),
  number("cons.conf.idx", -50.8, -26.9),
  number("euribor3m", 0.634, 5.045),
  number("nr.employed", 4963.6, 5228.1),
  category("y", { no: 88.7, yes: 11.3 }),
];

/** The first line: names in quotes, separated by semicolons. */
export const HEADER = COLUMNS.map((one) => `"${one.name}"`).join(";");
