/** Brings the bank marketing data set into a folder: UCI's own, verified, or its synthetic stand-in, labelled as such. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Io, step, ToolkitError } from "@sagekeep/toolkit";
import { syntheticBank } from "./synthetic-bank.ts";
import { readZip } from "./unzip.ts";
import { type BankFacts, verifyBank } from "./verify-bank.ts";

export const BANK_FILE = "bank-additional-full.csv";
/** UCI's archive: a zip that holds a zip that holds the file. */
export const BANK_URL = "https://archive.ics.uci.edu/static/public/222/bank+marketing.zip";

/** Most bytes of a download, and of a file in it. */
const MOST_DOWNLOAD = 20e6;
const MOST_FILE = 50e6;

export interface FetchOptions {
  /** Folder of the file. @default "data" */
  out?: string;
  synthetic?: boolean;
  /** Seed of the stand-in. @default 1 */
  seed?: number;
  /** @default UCI's */
  url?: string;
}

export interface FetchedData {
  file: string;
  /** The note beside it: where it is from, and what was verified. */
  note: string;
  synthetic: boolean;
  facts: BankFacts;
}

interface Note {
  file: string;
  synthetic: boolean;
  source: string;
  sha256: string;
  rows: number;
  columns: number;
  bytes: number;
  seed?: number;
  about: string;
}

/** @throws ToolkitError when it cannot be had, or is not what it should be; nothing is written then */
export async function fetchBank(options: FetchOptions, io: Io): Promise<FetchedData> {
  const { out = "data", synthetic = false, seed = 1, url = BANK_URL } = options;
  const file = join(out, BANK_FILE);
  const noteFile = `${file}.json`;
  const bytes = synthetic
    ? await step(io, "generate", `make the synthetic stand-in, seed ${seed}`, async () => syntheticBank(seed))
    : await step(
        io,
        "download",
        `download ${url}`,
        () => download(url, io),
        (got) => `(${got.length} bytes unpacked)`,
      );
  const facts = verifyBank(bytes, { exact: !synthetic });
  if (facts.problems.length > 0)
    throw new ToolkitError("DATA0002", `what came is not ${BANK_FILE}: ${facts.problems.join("; ")}`, {
      help: "nothing was written; the archive may have changed: `--synthetic` makes a stand-in",
    });
  const before = readNote(noteFile);
  if (!synthetic && before && !before.synthetic && before.sha256 !== facts.sha256)
    throw new ToolkitError(
      "DATA0003",
      `the file is another one than before: SHA-256 ${facts.sha256}, before ${before.sha256}`,
      { help: `nothing was written; if the new one is meant, delete ${noteFile}` },
    );
  for (const text of facts.notes) io.emit({ type: "warning", text });
  const note: Note = {
    file: BANK_FILE,
    synthetic,
    source: synthetic ? "sagekeep data fetch --synthetic" : url,
    ...(synthetic && { seed }),
    sha256: facts.sha256,
    bytes: facts.bytes,
    rows: facts.rows,
    columns: facts.columns,
    about: synthetic
      ? "SYNTHETIC: drawn from a seeded generator, with the columns and ranges of the bank marketing data set; no real customers"
      : "Bank Marketing, S. Moro, P. Cortez, P. Rita (2014), UCI Machine Learning Repository, CC BY 4.0",
  };
  mkdirSync(out, { recursive: true });
  write(file, bytes);
  write(noteFile, `${JSON.stringify(note, null, 2)}\n`);
  if (synthetic) io.emit({ type: "info", text: `${file} is SYNTHETIC: ${noteFile} says so` });
  return { file, note: noteFile, synthetic, facts };
}

/** Whole or not at all. */
function write(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}

function readNote(path: string): Note | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Note;
  } catch {
    return undefined;
  }
}

async function download(url: string, io: Io): Promise<Buffer> {
  let archive: Buffer;
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(120_000), ...(io.signal ? [io.signal] : [])]);
    const answer = await fetch(url, { signal });
    if (!answer.ok || !answer.body) throw new Error(`the server answered ${answer.status}`);
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
      length += part.length;
      if (length > MOST_DOWNLOAD) throw new Error(`more than ${MOST_DOWNLOAD / 1e6} MB came`);
      parts.push(part);
      io.emit({ type: "progress", id: "download", text: `${(length / 1e6).toFixed(1)} MB` });
    }
    archive = Buffer.concat(parts);
  } catch (error) {
    if (io.signal?.aborted) throw error;
    const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
    const why = cause?.code ?? cause?.message;
    throw new ToolkitError(
      "DATA0001",
      `${url} could not be downloaded: ${message}${why ? ` (${why})` : ""}`,
      {
        help: "without internet, make the synthetic stand-in: `sagekeep data fetch --synthetic`; it has the same columns and as many rows, and is labelled",
        cause: error,
      },
    );
  }
  try {
    return extract(archive);
  } catch (error) {
    throw new ToolkitError(
      "DATA0002",
      `${url} did not answer with the data set: ${(error as Error).message}`,
      {
        help: "nothing was written; `sagekeep data fetch --synthetic` makes a stand-in",
        cause: error,
      },
    );
  }
}

/** The file, from an archive or an archive in it. */
export function extract(archive: Uint8Array): Buffer {
  const entries = readZip(archive, MOST_FILE);
  const wanted = (name: string) => name.split("/").pop() === BANK_FILE && !name.startsWith("__MACOSX");
  const direct = entries.find((one) => wanted(one.name));
  if (direct) return direct.read();
  for (const inner of entries.filter((one) => one.name.endsWith("bank-additional.zip"))) {
    const found = readZip(inner.read(), MOST_FILE).find((one) => wanted(one.name));
    if (found) return found.read();
  }
  throw new Error(
    `there is no ${BANK_FILE} in it: it holds ${entries
      .slice(0, 5)
      .map((one) => one.name)
      .join(", ")}`,
  );
}
