/**
 * The preparation of the bank marketing data as it runs in a processing job's container: a script without dependencies,
 * in the language that is there. SageMaker's image has Python; on the local cloud the image is a process of this machine,
 * which has Node. Both write the same bytes for the same seed (a test holds them to it).
 *
 * - two indicator columns: never contacted before (`pdays` is 999), and not working (student, retired, unemployed)
 * - without what a model must not see: `duration` is known only after the call, when the answer is known as well, and
 *   the five economic figures would have to be forecast themselves
 * - one column a category, the target first, no header: what SageMaker's built-in XGBoost reads
 * - shuffled with a seed and split 70/20/10
 *
 * Arguments: folder with the file, folder for `train/`, `validation/`, `test/` and `columns.json`, seed.
 */

/** Rows of the three parts, out of all. */
export function partsOf(rows: number): { train: number; validation: number; test: number } {
  const train = Math.floor((rows * 7) / 10);
  const most = Math.floor((rows * 9) / 10);
  return { train, validation: most - train, test: rows - most };
}

const javascript = String.raw`"use strict";
const { mkdirSync, readFileSync, readdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const [input, output, seed = "1"] = process.argv.slice(2);
const fail = (text) => {
  try { mkdirSync(join(output, "../../output"), { recursive: true }); writeFileSync(join(output, "../../output/message"), text); } catch {}
  console.error(text);
  process.exit(1);
};
const file = readdirSync(input).find((name) => name.endsWith(".csv"));
if (!file) fail("no .csv file in " + input);
const lines = readFileSync(join(input, file), "utf8").split(/\r?\n/).filter((line) => line !== "");
const unquote = (text) => text.replace(/^"|"$/g, "");
const header = lines[0].split(";").map(unquote);
const table = lines.slice(1).map((line) => line.split(";").map(unquote));
const column = (name) => {
  const at = header.indexOf(name);
  if (at < 0) fail("no column " + name + " in " + file);
  return at;
};
table.forEach((row, index) => {
  if (row.length !== header.length) fail("line " + (index + 2) + " has " + row.length + " columns, expected " + header.length);
});
const numbers = ["age", "campaign", "pdays", "previous"].map(column);
const categories = ["job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week", "poutcome"];
const idle = new Set(["student", "retired", "unemployed"]);
const [pdays, job, target] = ["pdays", "job", "y"].map(column);
const dummies = categories.flatMap((name) => {
  const at = column(name);
  return [...new Set(table.map((row) => row[at]))].sort().map((value) => ({ at, value, name: name + "_" + value }));
});
const prepared = table.map((row) =>
  [
    row[target] === "yes" ? "1" : "0",
    ...numbers.map((at) => row[at]),
    row[pdays] === "999" ? "1" : "0",
    idle.has(row[job]) ? "1" : "0",
    ...dummies.map(({ at, value }) => (row[at] === value ? "1" : "0")),
  ].join(","),
);
let state = Number(seed) >>> 0;
const next = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};
for (let last = prepared.length - 1; last > 0; last--) {
  const other = Math.floor(next() * (last + 1));
  [prepared[last], prepared[other]] = [prepared[other], prepared[last]];
}
const train = Math.floor((prepared.length * 7) / 10);
const most = Math.floor((prepared.length * 9) / 10);
const parts = { train: prepared.slice(0, train), validation: prepared.slice(train, most), test: prepared.slice(most) };
for (const [name, rows] of Object.entries(parts)) {
  mkdirSync(join(output, name), { recursive: true });
  writeFileSync(join(output, name, name + ".csv"), rows.map((row) => row + "\n").join(""));
  console.log(name + ": " + rows.length + " rows");
}
const names = ["y", ...numbers.map((at) => header[at]), "no_previous_contact", "not_working", ...dummies.map((one) => one.name)];
writeFileSync(join(output, "columns.json"), JSON.stringify(names));
`;

const python = String.raw`import json, os, re, sys

source, output = sys.argv[1:3]
seed = sys.argv[3] if len(sys.argv) > 3 else "1"


def fail(text):
    try:
        os.makedirs(os.path.join(output, "../../output"), exist_ok=True)
        with open(os.path.join(output, "../../output/message"), "w") as left:
            left.write(text)
    except OSError:
        pass
    sys.exit(text)


files = sorted(name for name in os.listdir(source) if name.endswith(".csv"))
if not files:
    fail("no .csv file in " + source)
with open(os.path.join(source, files[0]), encoding="utf-8", newline="") as opened:
    lines = [line for line in re.split("\r?\n", opened.read()) if line != ""]


def cells(line):
    return [re.sub('^"|"$', "", text) for text in line.split(";")]


header = cells(lines[0])
table = [cells(line) for line in lines[1:]]


def column(name):
    if name not in header:
        fail("no column " + name + " in " + files[0])
    return header.index(name)


for index, row in enumerate(table):
    if len(row) != len(header):
        fail("line %d has %d columns, expected %d" % (index + 2, len(row), len(header)))
numbers = [column(name) for name in ("age", "campaign", "pdays", "previous")]
categories = ("job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week", "poutcome")
pdays, job, target = (column(name) for name in ("pdays", "job", "y"))
dummies = [
    (at, value, name + "_" + value)
    for name in categories
    for at in [column(name)]
    for value in sorted(set(row[at] for row in table))
]
prepared = [
    ",".join(
        ["1" if row[target] == "yes" else "0"]
        + [row[at] for at in numbers]
        + ["1" if row[pdays] == "999" else "0"]
        + ["1" if row[job] in ("student", "retired", "unemployed") else "0"]
        + ["1" if row[at] == value else "0" for at, value, _ in dummies]
    )
    for row in table
]
word = 0xFFFFFFFF
state = int(seed) & word


def draw():
    global state
    state = (state + 0x6D2B79F5) & word
    mixed = ((state ^ (state >> 15)) * (state | 1)) & word
    mixed ^= (mixed + (((mixed ^ (mixed >> 7)) * (mixed | 61)) & word)) & word
    return (mixed ^ (mixed >> 14)) / 4294967296


for last in range(len(prepared) - 1, 0, -1):
    other = int(draw() * (last + 1))
    prepared[last], prepared[other] = prepared[other], prepared[last]
train, most = len(prepared) * 7 // 10, len(prepared) * 9 // 10
for name, rows in (("train", prepared[:train]), ("validation", prepared[train:most]), ("test", prepared[most:])):
    os.makedirs(os.path.join(output, name), exist_ok=True)
    with open(os.path.join(output, name, name + ".csv"), "w", newline="") as part:
        part.write("".join(row + "\n" for row in rows))
    print("%s: %d rows" % (name, len(rows)))
names = ["y"] + [header[at] for at in numbers] + ["no_previous_contact", "not_working"] + [name for _, _, name in dummies]
with open(os.path.join(output, "columns.json"), "w") as part:
    json.dump(names, part, separators=(",", ":"))
`;

export interface PrepareScript {
  /** Name of the file in the container. */
  file: string;
  /** Program that runs it. */
  program: string;
  text: string;
}

/** The script for a container that has Python, or for this machine's Node. */
export function prepareScript(language: "python" | "node"): PrepareScript {
  return language === "python"
    ? { file: "prepare.py", program: "python3", text: python }
    : { file: "prepare.cjs", program: process.execPath, text: javascript };
}
