/**
 * The wire layer through boto3, with botocore's own models as judge: what it sends is what a handler gets, and it
 * reads what a handler returns. Some operations of every service; all with SAGEKEEP_ALL_OPERATIONS=1.
 */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import {
  authenticate,
  identify,
  readUnchecked,
  receive,
  type WireResponse,
  writeError,
  writeOutput,
} from "../src/wire/codec.ts";
import { prune, Samples } from "../src/wire/sample-values.ts";
import { constraintsOf, type ServiceKey } from "../src/wire/services.ts";
import type { InputBody } from "../src/wire/types.ts";
import { mounted } from "../tools/mounted.ts";

const run = promisify(execFile);
const script = fileURLToPath(new URL("./boto3_round_trip.py", import.meta.url));
const most = process.env.SAGEKEEP_ALL_OPERATIONS ? 0 : 8;

interface Line {
  service: string;
  operation: string;
  sent: Record<string, unknown>;
  received?: Record<string, unknown>;
  error?: string;
}

/** Members that botocore computes or leaves out by itself. */
const clientMade = new Set([
  "ContentLength",
  "ContentMD5",
  "ChecksumAlgorithm",
  "ChecksumCRC32",
  "ContentEncoding",
  "ExpiresString",
  "Expires",
  "ChecksumMode",
  "PresignedUrl",
  "SourceRegion",
  "DestinationRegion",
]);

it("boto3 sends and reads the operations of every service", { timeout: 300_000 }, async () => {
  const ready = await run("python3", ["-c", "import boto3"]).then(
    () => true,
    () => false,
  );
  if (!ready) return console.warn("skipped: this machine's python3 has no boto3");
  const seen = new Map<string, { input?: unknown; output?: unknown; error?: unknown }>();
  const server = createServer((request, response) => {
    const { method = "GET", url = "/", headers } = request;
    const head = { method, url, headers };
    void (async () => {
      const target = await identify(head);
      const record: { input?: unknown; output?: unknown; error?: unknown } = {};
      let answer: WireResponse;
      try {
        const payload = await receive(target, head, request);
        const options = { lookupSecret: () => "secret", now: Date.now() };
        const read = readUnchecked(target, head, payload, authenticate(target, head, payload, options));
        seen.set(`${target.service}.${read.operation.name}`, record);
        for (const [name, value] of Object.entries(read.input)) {
          if (value && typeof value === "object" && "bytes" in value)
            read.input[name] = await (value as InputBody).bytes();
        }
        record.input = prune(read.input);
        const output = new Samples(3, constraintsOf(target.service as ServiceKey)).structure(
          read.operation.output,
        );
        for (const name of Object.keys(output)) if (name.startsWith("Checksum")) delete output[name];
        record.output = prune(output);
        answer = writeOutput(target, read.operation, output, "r");
      } catch (error) {
        record.error = error;
        answer = writeError(target, error, "r");
      }
      response.writeHead(answer.status, answer.headers);
      const { body } = answer;
      response.end(typeof body === "string" || body instanceof Uint8Array ? body : "");
    })();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const names = Object.entries(mounted);
  const child = execFile("python3", [
    script,
    String(port),
    String(most),
    names.map(([, boto]) => boto).join(","),
  ]);
  const failures: string[] = [];
  let passed = 0;
  for await (const text of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const line = JSON.parse(text) as Line;
    const key = names.find(([, boto]) => boto === line.service)?.[0];
    const name = `${key}.${line.operation}`;
    const record = seen.get(name);
    if (known[name]) continue;
    try {
      if (record?.error) throw record.error;
      if (line.error) throw new Error(line.error);
      expect(differences(tidy(prune(line.sent)), tidy(record?.input), "")).toEqual([]);
      expect(differences(tidy(prune(line.received)), tidy(record?.output), "")).toEqual([]);
      passed++;
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message.slice(0, 1500)}`);
    }
  }
  server.close();
  expect(failures).toEqual([]);
  expect(passed).toBeGreaterThan(100);
});

/** Operations where botocore's and the SDK's models differ, or botocore rewrites the call itself. */
const known: Readonly<Record<string, string>> = {};

/** Where the first value is not in the second: the SDK's models are newer and have members that botocore does not know. */
function differences(part: unknown, whole: unknown, path: string): string[] {
  if (part !== null && typeof part === "object" && whole !== null && typeof whole === "object") {
    return Object.entries(part).flatMap(([name, one]) =>
      differences(one, (whole as Record<string, unknown>)[name], `${path}.${name}`),
    );
  }
  return Object.is(part, whole) ? [] : [`${path}: ${JSON.stringify(part)} is not ${JSON.stringify(whole)}`];
}

/** Removes what the clients make; JSON timestamps lose their fractions in botocore, none here have any. */
function tidy(value: unknown): unknown {
  if (value === undefined) return {};
  return Object.fromEntries(Object.entries(value as object).filter(([name]) => !clientMade.has(name)));
}
