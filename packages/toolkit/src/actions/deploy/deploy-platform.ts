/** Deploys a platform: compiles it, then its stacks in order, each through a change set; removed ones go. */
import type { DeployedStack, Synthesized } from "@sagekeep/constructs";
import type { Clients } from "../../aws/clients.ts";
import { ToolkitError } from "../../errors.ts";
import { type Io, step } from "../../messages.ts";
import type { PlatformFile } from "../../platform/platform-file.ts";
import { StackDeployer, type StackInput, type StackOutcome } from "./deploy-stack.ts";
import { deployedStacks, transitional } from "./deployed-stacks.ts";
import { guardLosses } from "./guard-losses.ts";

export interface DeployOutcome {
  stacks: StackOutcome[];
  /** Stacks the file no longer has, deleted. */
  removed: string[];
  /** Outputs of all stacks by `stack.output`. */
  outputs: Record<string, string>;
}

export interface DeployOptions {
  /** Names of users, spaces, domains and buckets whose loss is accepted. @default none: losses are refused */
  confirm?: readonly string[];
}

/**
 * Templates of a platform, ready to hand to CloudFormation. The compiler loads on first use.
 * @param deployed what is deployed: users of large teams keep their stack
 */
export async function compilePlatform(
  file: PlatformFile,
  io: Io,
  deployed: readonly DeployedStack[] = [],
): Promise<Synthesized> {
  for (const { message, help, place } of file.warnings)
    io.emit({
      type: "warning",
      text: `${place.file}:${place.line}:${place.column}: ${message}`,
      ...(help && { help }),
    });
  const { synthesize } = await import("@sagekeep/constructs");
  const synthesis = await step(
    io,
    "compile",
    `compile ${file.platform.name}`,
    async () => synthesize(file.platform, { deployed }),
    (done) => `into ${done.stacks.length} ${done.stacks.length === 1 ? "stack" : "stacks"}`,
  );
  const errors = synthesis.notices.filter((one) => one.severity === "error");
  if (errors.length)
    throw new ToolkitError("DEPLOY0008", errors.map((one) => one.message).join("\n"), {
      help: errors.map((one) => one.help).join("\n"),
      exit: "invalid",
    });
  for (const { message, help } of synthesis.notices) io.emit({ type: "warning", text: message, help });
  return synthesis;
}

/** Compiles for an account as it is: reads its stacks first. */
export async function compileFor(
  file: PlatformFile,
  clients: Clients,
  io: Io,
): Promise<{ synthesis: Synthesized; deployed: DeployedStack[] }> {
  const deployed = await deployedStacks(file.platform.name, clients);
  return { synthesis: await compilePlatform(file, io, deployed), deployed };
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

/**
 * Deploys the stacks of the platform's own account; those that do not wait for each other go side by side.
 * @throws ToolkitError with the first failure, when what had started has settled
 */
export async function deployPlatform(
  synthesis: Synthesized,
  clients: Clients,
  io: Io,
  options: DeployOptions = {},
): Promise<DeployOutcome> {
  const kept = platformStacks(synthesis, io);
  const platform = kept[0]?.tags.platform ?? "";
  const names = kept.map((stack) => stack.name);
  const deployed = await deployedStacks(platform, clients, names);
  const { removedStacks } = await guardLosses(kept, deployed, options.confirm);
  const deployer = new StackDeployer(clients, io);
  const twice = new Map(
    kept.flatMap((stack) => {
      const between = transitional(stack.name, stack.template, deployed);
      return between ? [[stack.name, JSON.stringify(between)] as const] : [];
    }),
  );
  const running = new Map<string, Promise<StackOutcome>>();
  for (const stack of kept) {
    const before = stack.dependsOn.flatMap((name) => running.get(name) ?? []);
    const body = twice.get(stack.name) ?? stack.body;
    const one = Promise.all(before).then(() => deployOne({ ...stack, body }, deployer, io));
    one.catch(() => {});
    running.set(stack.name, one);
  }
  await Promise.allSettled(running.values());
  const outcomes = new Map((await Promise.all(running.values())).map((one) => [one.name, one]));
  // the newest first: roles and policies are used by name too, which no import shows
  const removed = removedStacks.toReversed();
  for (const name of removed) await step(io, `remove-${name}`, `remove ${name}`, () => deployer.delete(name));
  for (const stack of kept.toReversed().filter((one) => twice.has(one.name))) {
    const done = await deployOne(stack, deployer, io);
    outcomes.set(stack.name, { ...done, outcome: "updated" });
  }
  const stacks = names.flatMap((name) => outcomes.get(name) ?? []);
  const outputs: Record<string, string> = {};
  for (const stack of stacks) {
    for (const [key, value] of Object.entries(stack.outputs)) outputs[`${stack.name}.${key}`] = value;
  }
  return { stacks, removed, outputs };
}

function deployOne(
  stack: Synthesized["stacks"][number],
  deployer: StackDeployer,
  io: Io,
): Promise<StackOutcome> {
  const id = `deploy-${stack.name}`;
  return step(
    io,
    id,
    `deploy ${stack.name}`,
    () => deployer.deploy(inputOf(stack), id),
    (done) =>
      done.outcome === "unchanged" ? "(no changes)" : `(${done.outcome}, ${done.resources} resources)`,
  );
}

/** Stacks for the platform's own account; says which are not. */
export function platformStacks(synthesis: Synthesized, io: Io): Synthesized["stacks"] {
  const others = synthesis.stacks.filter((one) => one.target !== "platform").map((one) => one.name);
  if (others.length) {
    io.emit({
      type: "warning",
      text: `not deployed here: ${others.join(", ")}`,
      help: "guardrails belong to the organization's management account: deploy them there from `sagekeep synth`",
    });
  }
  return synthesis.stacks.filter((one) => one.target === "platform");
}

/** What CloudFormation is given. */
export function inputOf(stack: Synthesized["stacks"][number]): StackInput {
  return {
    name: stack.name,
    body: stack.body,
    parameters: { ...stack.parameters },
    tags: { ...stack.tags },
    capabilities: stack.capabilities,
  };
}
