/** The stand-in is sound, quick and the same again; archives are read, bounded, and wrong ones refused. */
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { silent } from "@sagekeep/toolkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { COLUMNS, HEADER, ROWS } from "./bank-columns.ts";
import { extract, fetchBank } from "./fetch-bank.ts";
import { syntheticBank } from "./synthetic-bank.ts";
import { readZip } from "./unzip.ts";
import { verifyBank } from "./verify-bank.ts";

function zip(files: Record<string, Buffer>, claim?: number): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, data] of Object.entries(files)) {
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32?.(data) ?? 0, 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claim ?? data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), common, tail, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, central, end]);
}

const folder = () => mkdtempSync(join(tmpdir(), "sagekeep-data-"));

test("the stand-in has the columns, categories and ranges, in as many rows, and is the same again", () => {
  const began = process.cpuUsage();
  const bytes = syntheticBank(7);
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1e6).toBeLessThan(2);
  const facts = verifyBank(bytes, { exact: false });
  expect(facts.problems).toEqual([]);
  expect(facts).toMatchObject({ rows: ROWS, columns: 21 });
  expect(facts.yes / facts.rows).toBeGreaterThan(0.05);
  expect(facts.yes / facts.rows).toBeLessThan(0.25);
  expect(syntheticBank(7).equals(bytes)).toBe(true);
  expect(syntheticBank(8).equals(bytes)).toBe(false);
  const text = bytes.toString();
  for (const { name, categories = {} } of COLUMNS)
    for (const value of Object.keys(categories))
      expect(text.includes(`"${value}"`), `${name}: ${value}`).toBe(true);
  // it never passes for the real one
  expect(verifyBank(bytes).problems.join()).toMatch(/expected 4640/);
});

test("a wrong header, a wrong value, a missing column and missing rows are told with their line", () => {
  const lines = syntheticBank(1, 10).toString().split("\n");
  expect(verifyBank(Buffer.from(lines.join("\n").replace("age", "Age"))).problems[0]).toMatch(/header/);
  const broken = lines.map((line, index) => (index === 3 ? line.replace(/^\d+/, "abc") : line));
  expect(verifyBank(Buffer.from(broken.join("\n"))).problems[0]).toBe("line 4: `abc` is no value of age");
  const short = lines.map((line, index) => (index === 2 ? line.slice(line.indexOf(";") + 1) : line));
  expect(verifyBank(Buffer.from(short.join("\n"))).problems[0]).toBe("line 3 has 20 columns, expected 21");
  expect(verifyBank(Buffer.from(HEADER)).problems[0]).toMatch(/^0 rows/);
});

test("the file is found in a zip, and in a zip in a zip; bombs and lies are refused", () => {
  const inner = zip({ "bank-additional/bank-additional-full.csv": Buffer.from("x;y") });
  expect(extract(inner).toString()).toBe("x;y");
  expect(extract(zip({ "bank.zip": Buffer.from("z"), "bank-additional.zip": inner })).toString()).toBe("x;y");
  expect(() => extract(zip({ "readme.txt": Buffer.from("x") }))).toThrow(
    /there is no .* it holds readme.txt/,
  );
  const bomb = zip({ "a.csv": Buffer.alloc(100_000) });
  expect(() => readZip(bomb, 1000)[0]?.read()).toThrow(/at most 1000/);
  expect(() => readZip(zip({ "a.csv": Buffer.alloc(100_000) }, 10), 1000)[0]?.read()).toThrow();
  expect(() => readZip(inner.subarray(0, 40), 1000)).toThrow(/not a zip|cut off/);
});

test("damaged archives never crash or hang the reader", () => {
  const sound = zip({ "bank-additional-full.csv": Buffer.from("x;y\n1;2\n") });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 8 }),
      fc.nat(sound.length),
      (edits, cut) => {
        const bytes = Buffer.from(sound.subarray(0, cut));
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        try {
          for (const entry of readZip(bytes, 1000)) expect(entry.read().length).toBeLessThanOrEqual(1000);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("fetching: unreachable explains the stand-in, a wrong file is not written, a stand-in is labelled", async () => {
  const out = folder();
  const nobody = fetchBank({ out, url: "http://127.0.0.1:1/x.zip" }, silent);
  await expect(nobody).rejects.toMatchObject({
    code: "DATA0001",
    help: expect.stringContaining("--synthetic"),
  });
  const wrong = zip({ "bank-additional-full.csv": syntheticBank(1, 20) });
  const server = createServer((_, answer) => answer.end(wrong)).listen(0);
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.zip`;
    await expect(fetchBank({ out, url }, silent)).rejects.toMatchObject({
      code: "DATA0002",
      message: expect.stringContaining("20 rows, expected 41188"),
    });
  } finally {
    server.close();
  }
  expect(existsSync(join(out, "bank-additional-full.csv"))).toBe(false);
  const done = await fetchBank({ out, synthetic: true, seed: 3 }, silent);
  expect(JSON.parse(readFileSync(done.note, "utf8"))).toMatchObject({ synthetic: true, seed: 3, rows: ROWS });
});
