/** Deploys a platform: compiles it, then its stacks in order, each through a change set. */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Synthesis } from "@sagekeep/constructs";
import type { Clients } from "../../aws/clients.ts";
import { ToolkitError } from "../../errors.ts";
import { type Io, step } from "../../messages.ts";
import type { PlatformFile } from "../../platform/platform-file.ts";
import { StackDeployer, type StackInput, type StackOutcome, type StackPlan } from "./deploy-stack.ts";

export interface DeployOutcome {
  stacks: StackOutcome[];
  /** Outputs of all stacks by `stack.output`. */
  outputs: Record<string, string>;
}

/** Templates of a platform, ready to hand to CloudFormation. The compiler loads on first use. */
export async function compilePlatform(file: PlatformFile, io: Io): Promise<Synthesis> {
  const { synthesize } = await import("@sagekeep/constructs");
  return step(
    io,
    "compile",
    `compile ${file.platform.name}`,
    async () => synthesize(file.platform),
    (done) => `into ${done.stacks.length} ${done.stacks.length === 1 ? "stack" : "stacks"}`,
  );
}

/** The account and region that calls go to must be the file's. @throws ToolkitError when they are not */
export async function checkAccount(clients: Clients, file: PlatformFile): Promise<void> {
  const { Account } = await clients.call("sts", "GetCallerIdentity", {});
  const { account, region, name } = file.platform;
  if (Account !== account) {
    throw new ToolkitError(
      "DEPLOY0005",
      `platform \`${name}\` is for account ${account}, the credentials are of account ${Account}`,
      {
        help:
          clients.target.kind === "local"
            ? `start the local cloud with \`--account ${account}\`, or change \`account\` in the file`
            : "use credentials of that account, or change `account` in the file",
        exit: "invalid",
      },
    );
  }
  if (clients.target.region !== region) {
    throw new ToolkitError(
      "DEPLOY0006",
      `platform \`${name}\` is for region ${region}, calls go to ${clients.target.region}`,
      { help: `use \`--region ${region}\``, exit: "invalid" },
    );
  }
}

export async function deployPlatform(
  file: PlatformFile,
  synthesis: Synthesis,
  clients: Clients,
  io: Io,
): Promise<DeployOutcome> {
  const deployer = new StackDeployer(clients, io);
  const stacks: StackOutcome[] = [];
  const outputs: Record<string, string> = {};
  for (const stack of synthesis.stacks) {
    const id = `deploy-${stack.name}`;
    const outcome = await step(
      io,
      id,
      `deploy ${stack.name}`,
      () => deployer.deploy(inputOf(stack), id),
      (done) =>
        done.outcome === "unchanged" ? "(no changes)" : `(${done.outcome}, ${done.resources} resources)`,
    );
    stacks.push(outcome);
    for (const [key, value] of Object.entries(outcome.outputs)) outputs[`${stack.name}.${key}`] = value;
  }
  return { stacks, outputs };
}

export async function planPlatform(synthesis: Synthesis, clients: Clients, io: Io): Promise<StackPlan[]> {
  const deployer = new StackDeployer(clients, io);
  const plans: StackPlan[] = [];
  for (const stack of synthesis.stacks)
    plans.push(
      await step(io, `plan-${stack.name}`, `plan ${stack.name}`, () => deployer.plan(inputOf(stack))),
    );
  return plans;
}

/** Files named by `data.*.from` that exist, by data set. Large ones stream. */
export function dataFiles(file: PlatformFile): { data: string; path: string; size: number }[] {
  return file.platform.data.flatMap((data) => {
    if (!data.from) return [];
    const path = resolve(file.folder, data.from);
    try {
      return [{ data: data.name, path, size: statSync(path).size }];
    } catch {
      return [];
    }
  });
}

/** Uploads the data sets' files that exist; AWS encrypts them with the bucket's key. */
export async function uploadData(
  file: PlatformFile,
  bucketOf: (data: string) => string | undefined,
  clients: Clients,
): Promise<string[]> {
  const done: string[] = [];
  for (const { data, path } of dataFiles(file)) {
    const Bucket = bucketOf(data);
    if (!Bucket) continue;
    const Key = `${data}/${path.split(/[\\/]/).pop()}`;
    await clients.call("s3", "PutObject", { Bucket, Key, Body: readFileSync(path) });
    done.push(`s3://${Bucket}/${Key}`);
  }
  return done;
}

function inputOf(stack: Synthesis["stacks"][number]): StackInput {
  return {
    name: stack.name,
    body: typeof stack.template === "string" ? stack.template : JSON.stringify(stack.template),
    ...(stack.parameters && { parameters: { ...stack.parameters } }),
    ...(stack.tags && { tags: { ...stack.tags } }),
    ...(stack.capabilities && { capabilities: stack.capabilities }),
  };
}
