/** Every mounted service lives its life through the JS SDK, boto3 and the AWS CLI, over the wire, on fresh clouds. */
import { spawn, spawnSync } from "node:child_process";
import { Agent } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type Cloud, startCloud } from "../../src/cloud.ts";
import { mounted } from "../../tools/mounted.ts";
import { at, type Call, fill, lacks } from "./lifecycle.ts";
import { lifecycles } from "./lifecycles/index.ts";

interface Played {
  service: string;
  call: string;
  wrong: string[];
}

const script = fileURLToPath(new URL("./play_lifecycles.py", import.meta.url));
const surprises = (played: Played[]) => played.filter(({ wrong }) => wrong.length);
const all = lifecycles.reduce((sum, one) => sum + one.calls.length, 0);

async function onCloud(play: (cloud: Cloud) => Promise<Played[]>): Promise<void> {
  const cloud = await startCloud({ listen: true, port: 0, sageMaker: { transition: 20, jobDuration: 100 } });
  try {
    const played = await play(cloud);
    expect(surprises(played)).toEqual([]);
    expect(played).toHaveLength(all);
  } finally {
    await cloud.close();
  }
}

/** Repeats a call that waits, until nothing is wrong or ten seconds are over. */
async function patiently(call: Call, once: () => Promise<string[]>): Promise<string[]> {
  const until = Date.now() + 10_000;
  let wrong = await once();
  while (wrong.length && call.waits && Date.now() < until) {
    await sleep(50);
    wrong = await once();
  }
  return wrong;
}

it("covers every mounted service", () => {
  expect(lifecycles.map(({ service }) => service).sort()).toEqual(Object.keys(mounted).sort());
});

it("through the JS SDK", { timeout: 60_000 }, () =>
  onCloud(async (cloud) => {
    const kept: Record<string, unknown> = { now: Date.now() };
    const played: Played[] = [];
    const agent = new Agent({ keepAlive: true });
    agent.createConnection = () => connect(cloud.port as number, "127.0.0.1");
    for (const { service, calls } of lifecycles) {
      const sdk = (await import(`@aws-sdk/client-${service}`)) as Record<
        string,
        new (
          input: object,
        ) => object
      >;
      const named = Object.keys(sdk).find((name) => name.endsWith("Client") && !name.startsWith("__"))!;
      const client = new sdk[named]!({
        // AWS's own name: S3 Control puts the account before it, and no address can have that
        endpoint: `http://${mounted[service]}.us-east-1.amazonaws.com`,
        requestHandler: { httpAgent: agent },
        region: cloud.region,
        credentials: cloud.credentials,
        maxAttempts: 1,
      }) as { send(command: object): Promise<object> };
      for (const call of calls)
        played.push({
          service,
          call: call.call,
          wrong: await patiently(call, async () => {
            try {
              const input = toBytes(fill(call.with ?? {}, kept)) as object;
              const answer = fromBytes(await client.send(new sdk[`${call.call}Command`]!(input)));
              if (call.fails) return [`was answered, and should fail with ${call.fails}`];
              for (const [name, path] of Object.entries(call.keep ?? {})) kept[name] = at(answer, path);
              return lacks(answer, call, kept);
            } catch (error) {
              const code = codeOf(error);
              return code === call.fails
                ? []
                : [`failed with ${code}, not ${call.fails ?? "answered"}: ${error}`];
            }
          }),
        });
    }
    agent.destroy();
    return played;
  }),
);

for (const [client, module] of [
  ["boto3", "boto3"],
  ["aws-cli", "awscli.clidriver"],
] as const) {
  const absent = spawnSync("python3", ["-c", `import ${module}`]).status !== 0;
  if (absent && client === "boto3" && process.env.CI)
    throw new Error("python3 has no boto3: CI must have it");
  if (absent) console.warn(`skipped: this machine's python3 has no ${module}`);

  it.skipIf(absent)(`through ${client}`, { timeout: 120_000 }, () =>
    onCloud(async ({ endpoint, caBundle, credentials }) => {
      const child = spawn("python3", [
        script,
        client,
        endpoint as string,
        caBundle as string,
        credentials.accessKeyId,
        credentials.secretAccessKey,
      ]);
      child.stdin.end(JSON.stringify(lifecycles));
      let out = "";
      let err = "";
      child.stdout.on("data", (piece) => (out += piece));
      child.stderr.on("data", (piece) => (err += piece));
      const code = await new Promise((resolve) => child.on("close", resolve));
      expect({ code, err }).toEqual({ code: 0, err: "" });
      return out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Played);
    }),
  );
}

/** The query protocols' codes differ from the shapes' names: clients show the code. */
function codeOf(error: unknown): string {
  const { name, Code, $metadata } = error as {
    name: string;
    Code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const code = Code ?? name;
  return code === "NotFound" ? String($metadata?.httpStatusCode) : code;
}

function toBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toBytes);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const { $bytes } = value as { $bytes?: string };
  if ($bytes !== undefined) return Buffer.from($bytes);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toBytes(one)]));
}

/** Text as the table writes it; bytes that are no text stay. */
function fromBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    const text = Buffer.from(value).toString();
    return Buffer.from(text).equals(Buffer.from(value)) ? { $bytes: text } : value;
  }
  if (Array.isArray(value)) return value.map(fromBytes);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fromBytes(one)]));
}
