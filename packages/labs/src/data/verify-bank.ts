/** Whether a text is the bank marketing data set: every line is looked at, every value held against its column. */
import { createHash } from "node:crypto";
import { BYTES, COLUMNS, HEADER, NEVER, NEVER_CONTACTED, ROWS, YES } from "./bank-columns.ts";

export interface BankFacts {
  bytes: number;
  sha256: string;
  rows: number;
  columns: number;
  yes: number;
  neverContacted: number;
  /** What is not as it must be; empty for a sound file. */
  problems: string[];
  /** What is unusual and no fault. */
  notes: string[];
}

/** How many problems are told. */
const TOLD = 5;

/** @param exact whether it must be UCI's own file: its counts, not only its form */
export function verifyBank(bytes: Uint8Array, { exact = true } = {}): BankFacts {
  const lines = Buffer.from(bytes).toString("utf8").split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const problems: string[] = [];
  const tell = (text: string) => {
    if (problems.length < TOLD) problems.push(text);
  };
  const [header = "", ...rows] = lines;
  if (header !== HEADER)
    tell(
      `the first line is not the header: got \`${header.slice(0, 60)}\`, expected \`${HEADER.slice(0, 60)}…\``,
    );
  let yes = 0;
  let neverContacted = 0;
  const pdays = COLUMNS.findIndex((one) => one.name === "pdays");
  for (const [index, line] of rows.entries()) {
    const values = line.split(";");
    if (values.length !== COLUMNS.length) {
      tell(`line ${index + 2} has ${values.length} columns, expected ${COLUMNS.length}`);
      continue;
    }
    for (const [place, column] of COLUMNS.entries()) {
      const value = values[place] as string;
      const wrong = column.categories
        ? !/^"[^"]*"$/.test(value) || !Object.hasOwn(column.categories, value.slice(1, -1))
        : !/^-?\d+(\.\d+)?$/.test(value) || !within(Number(value), column.range);
      if (wrong) tell(`line ${index + 2}: \`${value.slice(0, 40)}\` is no value of ${column.name}`);
    }
    if (values.at(-1) === '"yes"') yes++;
    if (Number(values[pdays]) === NEVER) neverContacted++;
  }
  const count = (what: string, got: number, expected: number) => {
    if (got !== expected) tell(`${got} ${what}, expected ${expected}`);
  };
  count("rows", rows.length, ROWS);
  if (exact) {
    count("rows with y = yes", yes, YES);
    count(`rows with pdays = ${NEVER}`, neverContacted, NEVER_CONTACTED);
  }
  const notes =
    exact && bytes.length !== BYTES
      ? [`it has ${bytes.length} bytes, UCI's has ${BYTES}: other line ends, perhaps`]
      : [];
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const columns = header.split(";").length;
  return { bytes: bytes.length, sha256, rows: rows.length, columns, yes, neverContacted, problems, notes };
}

const within = (value: number, [from, to]: readonly [number, number] = [-Infinity, Infinity]): boolean =>
  value >= from && value <= to;
