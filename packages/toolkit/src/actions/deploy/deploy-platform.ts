/** Deploys a platform: compiles it, then its stacks in order, each through a change set. */
import type { Synthesized } from "@sagekeep/constructs";
import type { Clients } from "../../aws/clients.ts";
import { ToolkitError } from "../../errors.ts";
import { type Io, step } from "../../messages.ts";
import type { PlatformFile } from "../../platform/platform-file.ts";
import { StackDeployer, type StackInput, type StackOutcome, type StackPlan } from "./deploy-stack.ts";
import { guardLosses } from "./guard-losses.ts";

export interface DeployOutcome {
  stacks: StackOutcome[];
  /** Outputs of all stacks by `stack.output`. */
  outputs: Record<string, string>;
}

export interface DeployOptions {
  /** Names of users, spaces, domains and buckets whose loss is accepted. @default none: losses are refused */
  confirm?: readonly string[];
}

/** Templates of a platform, ready to hand to CloudFormation. The compiler loads on first use. */
export async function compilePlatform(file: PlatformFile, io: Io): Promise<Synthesized> {
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
  await guardLosses(synthesis, clients, options.confirm);
  const deployer = new StackDeployer(clients, io);
  const running = new Map<string, Promise<StackOutcome>>();
  for (const stack of platformStacks(synthesis, io)) {
    const before = stack.dependsOn.flatMap((name) => running.get(name) ?? []);
    const id = `deploy-${stack.name}`;
    const one = Promise.all(before).then(() =>
      step(
        io,
        id,
        `deploy ${stack.name}`,
        () => deployer.deploy(inputOf(stack), id),
        (done) =>
          done.outcome === "unchanged" ? "(no changes)" : `(${done.outcome}, ${done.resources} resources)`,
      ),
    );
    one.catch(() => {});
    running.set(stack.name, one);
  }
  await Promise.allSettled(running.values());
  const stacks = await Promise.all(running.values());
  const outputs: Record<string, string> = {};
  for (const stack of stacks) {
    for (const [key, value] of Object.entries(stack.outputs)) outputs[`${stack.name}.${key}`] = value;
  }
  return { stacks, outputs };
}

/** What CloudFormation would change. A stack that is not there yet is all additions. */
export async function planPlatform(synthesis: Synthesized, clients: Clients, io: Io): Promise<StackPlan[]> {
  const deployer = new StackDeployer(clients, io);
  const plans: StackPlan[] = [];
  for (const stack of platformStacks(synthesis, io)) {
    plans.push(
      await step(io, `plan-${stack.name}`, `plan ${stack.name}`, async (): Promise<StackPlan> => {
        if (await deployer.status(stack.name)) return deployer.plan(inputOf(stack));
        // its imports may not exist yet, so a change set could not be made
        const changes = Object.entries(stack.template.Resources).map(([LogicalResourceId, { Type }]) => ({
          Action: "Add" as const,
          LogicalResourceId,
          ResourceType: Type,
        }));
        return { name: stack.name, kind: "create", changes };
      }),
    );
  }
  return plans;
}

function platformStacks(synthesis: Synthesized, io: Io): Synthesized["stacks"] {
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

function inputOf(stack: Synthesized["stacks"][number]): StackInput {
  return {
    name: stack.name,
    body: stack.body,
    parameters: { ...stack.parameters },
    tags: { ...stack.tags },
    capabilities: stack.capabilities,
  };
}
