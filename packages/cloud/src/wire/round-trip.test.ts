/**
 * Every operation of every mounted service, through the official JS SDK and back: what the client sends is what a handler
 * gets, what a handler returns is what the client gives out. Signed for real, without sockets.
 */
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { loopHandler } from "./client-loop.ts";
import { authenticate, identify, readUnchecked, receive, writeError, writeOutput } from "./codec.ts";
import type { OperationModel } from "./model.ts";
import { isEventStream, prune, Samples } from "./sample-values.ts";
import { constraintsOf, loadModel, type ServiceKey, serviceKeys } from "./services.ts";
import type { InputBody } from "./types.ts";

const require = createRequire(import.meta.url);
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

interface Client {
  send(command: unknown): Promise<Record<string, unknown>>;
}
type Sdk = Record<string, new (input: unknown) => Client>;

function clientOf(key: ServiceKey): { sdk: Sdk; name: string } {
  const sdk = require(`@aws-sdk/client-${key}`) as Sdk;
  const name = Object.keys(sdk).find((one) => one.endsWith("Client") && !one.startsWith("_")) as string;
  return { sdk, name };
}

/** Members that the client itself changes or adds. */
const clientMade = new Set([
  "ChecksumAlgorithm",
  "ChecksumCRC32",
  "ContentLength",
  "ContentMD5",
  "ContentEncoding",
  "ChecksumMode",
  "ExpiresString",
  "TransferEncoding",
]);

it.each(serviceKeys)("%s: every operation", { timeout: 120_000 }, async (key) => {
  const model = await loadModel(key);
  const data = constraintsOf(key);
  const { sdk, name } = clientOf(key);
  let operation: OperationModel;
  let received: unknown;
  let output: Record<string, unknown>;
  const answer = async (head: Parameters<typeof identify>[0], body: import("node:stream").Readable) => {
    const target = await identify(head);
    try {
      const payload = await receive(target, head, body);
      const verified = authenticate(target, head, payload, { lookupSecret: () => secret, now: Date.now() });
      const read = readUnchecked(target, head, payload, verified);
      expect(read.operation.name).toBe(operation.name);
      for (const [member, value] of Object.entries(read.input)) {
        if (value && typeof value === "object" && "bytes" in value) {
          read.input[member] = new Uint8Array(await (value as InputBody).bytes());
        }
      }
      received = read.input;
      return writeOutput(target, read.operation, output, "11111111-2222-3333-4444-555555555555");
    } catch (error) {
      received = error;
      return writeError(target, error, "11111111-2222-3333-4444-555555555555");
    }
  };
  const Client = sdk[name] as new (config: unknown) => Client;
  const client = new Client({
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: secret },
    requestHandler: loopHandler(answer),
    maxAttempts: 1,
    ...(key === "s3" ? { forcePathStyle: true, followRegionRedirects: false } : {}),
  });
  const failures: string[] = [];
  for (const operationName of model.operationNames) {
    operation = model.operation(operationName) as OperationModel;
    if (skipped[`${key}.${operationName}`]) continue;
    if (operation.input.members.some(isEventStream) || operation.output.members.some(isEventStream)) continue;
    const samples = new Samples(4, data);
    const input = samples.structure(operation.input);
    output = samples.structure(operation.output);
    if (key === "s3" || key === "s3-control") adjustS3(input, output);
    const Command = sdk[`${operationName}Command`] as new (input: unknown) => Client;
    try {
      received = undefined;
      const sent = structuredClone(input);
      const { $metadata: _, ...got } = await client.send(new Command(input));
      for (const [member, value] of Object.entries(got)) {
        const stream = value as { transformToByteArray?(): Promise<Uint8Array> } | undefined;
        if (stream?.transformToByteArray) got[member] = await stream.transformToByteArray();
      }
      if (received instanceof Error) throw received;
      const strip = (value: unknown) =>
        Object.fromEntries(
          Object.entries((value ?? {}) as object).filter(
            ([member]) => !(key === "s3" && clientMade.has(member)),
          ),
        );
      expect(prune(strip(received))).toEqual(prune(strip(sent)));
      expect(prune(strip(got))).toEqual(prune(strip(output)));
    } catch (error) {
      failures.push(
        `${operationName}: ${received instanceof Error ? received.stack : (error as Error).message}`,
      );
    }
  }
  expect(failures).toEqual([]);
});

const skipped: Readonly<Record<string, string>> = {
  "s3-control.CreateBucket": "goes to S3 on Outposts, whose host alone tells it from S3",
};

/** What the client computes from, and checks against, must be right: checksums are tested by themselves. */
function adjustS3(input: Record<string, unknown>, output: Record<string, unknown>): void {
  delete input.ContentLength;
  for (const values of [input, output]) {
    for (const member of Object.keys(values)) {
      if (/^(?:Checksum|ContentMD5|SSECustomerKey|CopySourceSSECustomerKey)/.test(member))
        delete values[member];
    }
  }
}
