/** Every modeled exception of every mounted service arrives at the JS SDK as its class, with message and status. */
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { loopHandler } from "./client-loop.ts";
import { identify, writeError } from "./codec.ts";
import { AwsError } from "./errors.ts";
import { Samples } from "./sample-values.ts";
import { loadModel, serviceKeys } from "./services.ts";

const require = createRequire(import.meta.url);

it.each(serviceKeys)("%s: every modeled error", { timeout: 120_000 }, async (key) => {
  const model = await loadModel(key);
  const sdk = require(`@aws-sdk/client-${key}`) as Record<string, new (given: unknown) => never>;
  const names = Object.keys(sdk);
  const Client = sdk[
    names.find((name) => name.endsWith("Client") && !name.startsWith("_")) as string
  ] as new (
    config: unknown,
  ) => { send(command: unknown): Promise<unknown> };
  let error: AwsError;
  const client = new Client({
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    requestHandler: loopHandler(async (head) => writeError(await identify(head), error, "req-1")),
    maxAttempts: 1,
    ...(key === "s3" ? { forcePathStyle: true } : {}),
  });
  const operation = model.operation(
    model.operationNames.find(
      (name) => /^(?:List|Describe|Get)/.test(name) && !/StreamI|Contents?$/.test(name),
    ) ?? (model.operationNames[0] as string),
  );
  const Command = sdk[`${operation?.name}Command`] as new (input: unknown) => unknown;
  const input = new Samples(4).structure(operation?.input as never);
  const failures: string[] = [];
  for (const modeled of model.errors) {
    // Two errors of CloudWatch share a code, by which the SDK tells them apart: AWS's own answer reads the same.
    if (modeled.name === "DashboardNotFoundError") continue;
    if (/ServiceException$/.test(modeled.name) && modeled.shape.namespace.startsWith("smithy.ts.sdk"))
      continue;
    const members = new Samples(3).structure(modeled.shape);
    error = new AwsError(modeled.name, `what went wrong with <${modeled.name}> & "more"`, { members });
    const caught = (await client.send(new Command(input)).then(
      () => undefined,
      (e: unknown) => e,
    )) as (Error & { $metadata: { httpStatusCode: number } }) | undefined;
    const expected = sdk[modeled.name] as unknown as abstract new () => object;
    if (!caught || !(caught instanceof expected))
      failures.push(`${modeled.name}: got ${caught?.name} ${caught?.message}`);
    else {
      expect(caught.message).toBe(error.message);
      const { protocol, queryCompatible } = model.meta;
      const query = protocol === "query" || protocol === "ec2";
      const plain = protocol === "json" && !queryCompatible && modeled.status < 500;
      const status = query ? modeled.queryStatus : plain ? 400 : modeled.status;
      expect(caught.$metadata.httpStatusCode).toBe(status);
    }
  }
  expect(failures).toEqual([]);
});
