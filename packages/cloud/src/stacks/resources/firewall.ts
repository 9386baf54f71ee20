/** AWS Network Firewall: rule groups, policies, firewalls, their logging. */
import { ResourceFailure } from "../engine/failure.ts";
import { compact, declared, list, map, pick, type Work } from "./declared.ts";
import { listChanges } from "./ec2/shared.ts";
import { type HandlerTable, text } from "./handler.ts";
import { keyValues, type TagStyle, tagList } from "./tags.ts";

const service = "network-firewall";

const firewallTags: TagStyle = {
  put: ({ id, r }, tags) => r.call(service, "TagResource", { ResourceArn: id, Tags: keyValues(tags) }),
  remove: ({ id, r }, TagKeys) => r.call(service, "UntagResource", { ResourceArn: id, TagKeys }),
};

/** What an update must show to change something: the token of the state that it saw. */
async function tokenOf(op: string, input: object, { r }: Work): Promise<string> {
  return (await r.read(service, op, input)).UpdateToken;
}

const subnetIds = (value: unknown): string[] => list(value as never).map((one) => text(map(one).SubnetId));

export const firewallTypes: HandlerTable = {
  "AWS::NetworkFirewall::RuleGroup": declared({
    service,
    create: {
      op: "CreateRuleGroup",
      input: ({ p, r }) => ({
        ...pick(p, "RuleGroupName", "Type", "Capacity", "Description", "RuleGroup", "SummaryConfiguration"),
        Tags: tagList(p, r),
      }),
    },
    id: (output) => output.RuleGroupResponse.RuleGroupArn,
    steps: [
      {
        of: ["RuleGroup", "Description", "SummaryConfiguration"],
        updateOnly: true,
        run: async (work) => {
          const identity = { RuleGroupArn: work.id, Type: work.p.Type };
          await work.r.call(service, "UpdateRuleGroup", {
            ...identity,
            ...pick(work.p, "RuleGroup", "Description", "SummaryConfiguration"),
            UpdateToken: await tokenOf("DescribeRuleGroup", identity, work),
          });
        },
      },
    ],
    describe: {
      op: "DescribeRuleGroup",
      input: ({ id, p }) => ({ RuleGroupArn: id, Type: p.Type }),
      pick: (output) => output.RuleGroupResponse,
    },
    attributes: (one, { id }) => ({ RuleGroupArn: id, RuleGroupId: one.RuleGroupId ?? "" }),
    delete: { op: "DeleteRuleGroup", input: ({ id }) => ({ RuleGroupArn: id }) },
    tags: firewallTags,
    nameProperty: "RuleGroupName",
  }),
  "AWS::NetworkFirewall::FirewallPolicy": declared({
    service,
    create: {
      op: "CreateFirewallPolicy",
      input: ({ p, r }) => ({
        ...pick(p, "FirewallPolicyName", "FirewallPolicy", "Description"),
        Tags: tagList(p, r),
      }),
    },
    id: (output) => output.FirewallPolicyResponse.FirewallPolicyArn,
    steps: [
      {
        of: ["FirewallPolicy", "Description"],
        updateOnly: true,
        run: async (work) => {
          const identity = { FirewallPolicyArn: work.id };
          await work.r.call(service, "UpdateFirewallPolicy", {
            ...identity,
            ...pick(work.p, "FirewallPolicy", "Description"),
            UpdateToken: await tokenOf("DescribeFirewallPolicy", identity, work),
          });
        },
      },
    ],
    describe: {
      op: "DescribeFirewallPolicy",
      input: ({ id }) => ({ FirewallPolicyArn: id }),
      pick: (output) => output.FirewallPolicyResponse,
    },
    attributes: (one, { id }) => ({ FirewallPolicyArn: id, FirewallPolicyId: one.FirewallPolicyId ?? "" }),
    delete: { op: "DeleteFirewallPolicy", input: ({ id }) => ({ FirewallPolicyArn: id }) },
    tags: firewallTags,
    nameProperty: "FirewallPolicyName",
  }),
  "AWS::NetworkFirewall::Firewall": declared({
    service,
    create: {
      op: "CreateFirewall",
      input: ({ p, r }) => ({
        ...pick(
          p,
          "FirewallName",
          "FirewallPolicyArn",
          "VpcId",
          "SubnetMappings",
          "DeleteProtection",
          "SubnetChangeProtection",
          "FirewallPolicyChangeProtection",
          "Description",
        ),
        Tags: tagList(p, r),
      }),
    },
    id: (output) => output.Firewall.FirewallArn,
    describe: { op: "DescribeFirewall", input: ({ id }) => ({ FirewallArn: id }), pick: (output) => output },
    ready: (state) => {
      const status = state?.FirewallStatus?.Status;
      if (status === "FAILED") throw new ResourceFailure("the firewall is in state FAILED");
      return status === "READY";
    },
    gone: () => false,
    // `zone:endpoint` for each zone, as CloudFormation gives them
    attributes: (state, { id }) => ({
      FirewallArn: id,
      FirewallId: state.Firewall?.FirewallId ?? "",
      EndpointIds: Object.entries(state.FirewallStatus?.SyncStates ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(
          ([zone, sync]) =>
            `${zone}:${(sync as { Attachment?: { EndpointId?: string } }).Attachment?.EndpointId ?? ""}`,
        ),
    }),
    steps: [
      {
        of: ["FirewallPolicyArn"],
        updateOnly: true,
        op: "AssociateFirewallPolicy",
        input: ({ id, p }) => ({ FirewallArn: id, FirewallPolicyArn: p.FirewallPolicyArn }),
      },
      {
        of: ["SubnetMappings"],
        updateOnly: true,
        run: async ({ id, p, old, r }) => {
          const [added, removed] = listChanges(subnetIds(old?.SubnetMappings), subnetIds(p.SubnetMappings));
          const SubnetMappings = list(p.SubnetMappings).filter((one) =>
            added.includes(text(map(one).SubnetId)),
          );
          if (added.length > 0)
            await r.call(service, "AssociateSubnets", { FirewallArn: id, SubnetMappings });
          if (removed.length > 0)
            await r.call(service, "DisassociateSubnets", { FirewallArn: id, SubnetIds: removed });
        },
      },
      {
        of: ["DeleteProtection"],
        updateOnly: true,
        op: "UpdateFirewallDeleteProtection",
        input: ({ id, p }) => ({ FirewallArn: id, DeleteProtection: p.DeleteProtection ?? false }),
      },
      {
        of: ["SubnetChangeProtection"],
        updateOnly: true,
        op: "UpdateSubnetChangeProtection",
        input: ({ id, p }) => ({
          FirewallArn: id,
          SubnetChangeProtection: p.SubnetChangeProtection ?? false,
        }),
      },
      {
        of: ["FirewallPolicyChangeProtection"],
        updateOnly: true,
        op: "UpdateFirewallPolicyChangeProtection",
        input: ({ id, p }) => ({
          FirewallArn: id,
          FirewallPolicyChangeProtection: p.FirewallPolicyChangeProtection ?? false,
        }),
      },
      {
        of: ["Description"],
        updateOnly: true,
        op: "UpdateFirewallDescription",
        input: ({ id, p }) => compact({ FirewallArn: id, Description: p.Description }),
      },
    ],
    delete: { op: "DeleteFirewall", input: ({ id }) => ({ FirewallArn: id }) },
    tags: firewallTags,
    nameProperty: "FirewallName",
  }),
  "AWS::NetworkFirewall::LoggingConfiguration": {
    async create(p, r) {
      // one destination a call, as the API wants it
      const all = list(map(p.LoggingConfiguration).LogDestinationConfigs);
      for (let count = 1; count <= all.length; count++)
        await logging(p.FirewallArn as string, all.slice(0, count), r);
      return { physicalId: text(p.FirewallArn) };
    },
    async update(physical, p, _, r) {
      const before = list(map(physical.properties.LoggingConfiguration).LogDestinationConfigs);
      const after = list(map(p.LoggingConfiguration).LogDestinationConfigs);
      for (let count = before.length - 1; count >= 0; count--)
        await logging(physical.physicalId, before.slice(0, count), r);
      for (let count = 1; count <= after.length; count++)
        await logging(physical.physicalId, after.slice(0, count), r);
    },
    async delete(physical, r) {
      const all = list(map(physical.properties.LoggingConfiguration).LogDestinationConfigs);
      for (let count = all.length - 1; count >= 0; count--)
        await logging(physical.physicalId, all.slice(0, count), r);
    },
  },
};

async function logging(FirewallArn: string, LogDestinationConfigs: unknown[], r: Work["r"]): Promise<void> {
  await r.call(service, "UpdateLoggingConfiguration", {
    FirewallArn,
    LoggingConfiguration: { LogDestinationConfigs },
  });
}
