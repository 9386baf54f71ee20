/** What the job computes, in both languages. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { partsOf, prepareScript } from "./prepare.ts";
import { syntheticBank } from "./synthetic-bank.ts";

function run(language: "python" | "node", data: Uint8Array | string, seed = "1") {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-prepare-"));
  const { file, program, text } = prepareScript(language);
  const [script, input, output] = [file, "input", "processing/output"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(script, text);
  mkdirSync(input);
  mkdirSync(output, { recursive: true });
  writeFileSync(join(input, "bank.csv"), data);
  execFileSync(program, [script, input, output, seed], { stdio: "pipe" });
  const read = (name: string) => readFileSync(join(output, name), "utf8");
  const parts = ["train", "validation", "test"].map((name) => read(`${name}/${name}.csv`));
  return { parts, columns: JSON.parse(read("columns.json")) as string[] };
}
const rows = (text: string) => text.split("\n").filter((line) => line !== "");

test("41,188 rows become 70/20/10, the target first, every row kept once", () => {
  const data = syntheticBank(5);
  const { parts, columns } = run("node", data);
  const { train, validation, test: rest } = partsOf(41_188);
  expect(parts.map((one) => rows(one).length)).toEqual([train, validation, rest]);
  expect([train, validation, rest]).toEqual([28831, 8238, 4119]);
  expect(columns[0]).toBe("y");
  for (const gone of [
    "duration",
    "euribor3m",
    "nr.employed",
    "emp.var.rate",
    "cons.price.idx",
    "cons.conf.idx",
  ])
    expect(columns).not.toContain(gone);
  const all = parts.flatMap(rows).map((line) => line.split(",").map(Number));
  expect(
    all.every((row) => row.length === columns.length && row.every((value) => Number.isFinite(value))),
  ).toBe(true);
  const source = rows(data.toString()).slice(1);
  const sum = (name: string) =>
    all.reduce((total, row) => total + (row[columns.indexOf(name)] ?? Number.NaN), 0);
  expect(sum("y")).toBe(source.filter((line) => line.endsWith('"yes"')).length);
  expect(sum("no_previous_contact")).toBe(source.filter((line) => line.split(";")[12] === "999").length);
  expect(sum("not_working")).toBe(sum("job_student") + sum("job_retired") + sum("job_unemployed"));
  expect(sum("age")).toBe(source.reduce((total, line) => total + Number(line.split(";")[0]), 0));
  // of each category exactly one column is set
  const months = columns.flatMap((name, at) => (name.startsWith("month_") ? [at] : []));
  expect(all.every((row) => months.reduce((total, at) => total + (row[at] ?? 0), 0) === 1)).toBe(true);
}, 30_000);

test("the seed decides the order, and only it", () => {
  const data = syntheticBank(5, 300);
  expect(run("node", data, "2")).toEqual(run("node", data, "2"));
  expect(run("node", data, "2").parts[0]).not.toBe(run("node", data, "3").parts[0]);
});

test.skipIf(spawnSync("python3", ["--version"]).status !== 0)("Python writes the same bytes as Node", () => {
  const data = syntheticBank(9, 2000);
  expect(run("python", data, "42")).toEqual(run("node", data, "42"));
  expect(() => run("python", "a;b\n1;2\n")).toThrow(/no column age/);
});

test("a file that is something else is refused with the reason", () => {
  expect(() => run("node", "a;b\n1;2\n")).toThrow(/no column age/);
});
