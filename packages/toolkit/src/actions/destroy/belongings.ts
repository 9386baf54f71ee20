/**
 * What shows that something is the platform's. The account itself is the record: stacks named `NAME-…` that carry
 * the tag `platform=NAME`, those deleted lately included, and what they made. So an interrupted clean-up needs no
 * notes of its own, and works without the platform's file being what it was when it was deployed.
 */
import type { StackSummary } from "@aws-sdk/client-cloudformation";
import type { Clients } from "../../aws/clients.ts";
import { ifThere, listAll, names } from "./calls.ts";

export interface OwnStack {
  name: string;
  /** ARN: a deleted stack is found by it only. */
  id: string;
  status: string;
  createdAt: number;
  protected: boolean;
}

export interface OwnResource {
  type: string;
  id: string;
  logicalId: string;
  stack: string;
  /** Whether its stack is still there. */
  live: boolean;
}

export class Belongings {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** Teams of the file, and those of roles that are deployed. */
  readonly teams: ReadonlySet<string>;
  readonly stacks: readonly OwnStack[];
  readonly resources: readonly OwnResource[];
  readonly #byType = new Map<string, Map<string, OwnResource>>();

  constructor(
    facts: Pick<Belongings, "name" | "account" | "region" | "partition" | "teams" | "stacks" | "resources">,
  ) {
    this.name = facts.name;
    this.account = facts.account;
    this.region = facts.region;
    this.partition = facts.partition;
    this.teams = facts.teams;
    this.stacks = facts.stacks;
    this.resources = facts.resources;
    for (const one of facts.resources) {
      const ids = this.#byType.get(one.type) ?? new Map<string, OwnResource>();
      // a live one says more than one of a deleted stack with the same name
      if (!ids.get(one.id)?.live) ids.set(one.id, one);
      this.#byType.set(one.type, ids);
    }
  }

  /** The resource of a stack with this physical id. */
  of(type: string, id: string | undefined): OwnResource | undefined {
    return id === undefined ? undefined : this.#byType.get(type)?.get(id);
  }

  /** Physical ids of a type; those of deleted stacks only when asked for. */
  ids(type: string, options: { deleted?: boolean } = {}): string[] {
    return [...(this.#byType.get(type)?.values() ?? [])]
      .filter((one) => one.live || options.deleted)
      .map((one) => one.id);
  }

  /** Whether tags name this platform, another one, or none. */
  tagged(tags: Readonly<Record<string, string>>): "own" | "other" | "none" {
    if (tags.platform === undefined) return "none";
    return tags.platform === this.name ? "own" : "other";
  }

  /** The own role in an ARN of a role or of a session of it. */
  roleIn(arn: string): string | undefined {
    const [, account, name = ""] =
      /^arn:[^:]+:(?:iam|sts)::(\d{12}):(?:role\/(?:.*\/)?|assumed-role\/)([^/]+)/.exec(arn) ?? [];
    if (account !== this.account) return undefined;
    return this.of("AWS::IAM::Role", name) ? name : undefined;
  }

  /** The own domain that an ARN of SageMaker lies in, by its id. */
  domainIn(arn: string): string | undefined {
    const id = /:(?:domain|user-profile|space|app)\/(d-[a-z0-9]+)/.exec(arn)?.[1];
    return this.of("AWS::SageMaker::Domain", id) ? id : undefined;
  }
}

const nextToken = { in: "NextToken", out: "NextToken" };

/** Reads the platform's stacks and what they hold. */
export async function readBelongings(
  clients: Clients,
  platform: { name: string; account: string; region: string; partition: string; teams: readonly string[] },
): Promise<Belongings> {
  const stacks: OwnStack[] = [];
  const resources: OwnResource[] = [];
  for await (const page of clients.pages("cloudformation", "ListStacks", {}, nextToken)) {
    for (const summary of page.StackSummaries ?? []) {
      if (!summary.StackName?.startsWith(`${platform.name}-`) || summary.ParentId) continue;
      const stack = await describe(clients, summary, platform.name);
      if (!stack) continue;
      stacks.push(stack);
      const live = stack.status !== "DELETE_COMPLETE";
      const held = await ifThere(() =>
        listAll(
          clients,
          "cloudformation",
          "ListStackResources",
          { StackName: stack.id },
          "StackResourceSummaries",
        ),
      );
      for (const one of held ?? []) {
        if (typeof one.PhysicalResourceId !== "string" || one.PhysicalResourceId === "") continue;
        resources.push({
          type: String(one.ResourceType),
          id: one.PhysicalResourceId,
          logicalId: String(one.LogicalResourceId),
          stack: stack.name,
          live: live && one.ResourceStatus !== "DELETE_COMPLETE",
        });
      }
    }
  }
  return new Belongings({ ...platform, teams: new Set(platform.teams), stacks, resources });
}

/** The stack, when its tags say that it is the platform's. */
async function describe(
  clients: Clients,
  { StackId = "" }: StackSummary,
  platform: string,
): Promise<OwnStack | undefined> {
  const found = await ifThere(() => clients.call("cloudformation", "DescribeStacks", { StackName: StackId }));
  const stack = found?.Stacks?.[0];
  if (!stack || names(stack.Tags).platform !== platform) return undefined;
  return {
    name: stack.StackName ?? "",
    id: StackId,
    status: stack.StackStatus ?? "",
    createdAt: stack.CreationTime?.getTime() ?? 0,
    protected: stack.EnableTerminationProtection ?? false,
  };
}
