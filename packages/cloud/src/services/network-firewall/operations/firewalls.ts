/** Firewalls: an endpoint in each subnet, routes lead through it. https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateFirewall.html */
import { randomUUID } from "node:crypto";
import type { CallContext } from "../../../context.ts";
import { deleteEndpoint } from "../../ec2/endpoint-parts.ts";
import { newId } from "../../ec2/identifiers.ts";
import { createInterface } from "../../ec2/interfaces.ts";
import { add, all, tableOf } from "../../ec2/kind.ts";
import { routeTables, subnets, vpcEndpoints, vpcs } from "../../ec2/kinds.ts";
import type { Operations } from "../operation.ts";
import {
  checkToken,
  type FirewallRecord,
  firewalls,
  inUse,
  invalid,
  named,
  newToken,
  notFound,
  pageOf,
  policies,
  ruleGroups,
  tagList,
  tagsFrom,
} from "../state.ts";

const view = (one: Readonly<FirewallRecord>) => ({
  FirewallName: one.name,
  FirewallArn: one.arn,
  FirewallId: one.id,
  FirewallPolicyArn: one.policyArn,
  VpcId: one.vpcId,
  SubnetMappings: one.subnets.map(({ subnetId }) => ({ SubnetId: subnetId, IPAddressType: "IPV4" as const })),
  DeleteProtection: one.deleteProtection,
  SubnetChangeProtection: one.subnetChangeProtection,
  FirewallPolicyChangeProtection: one.policyChangeProtection,
  ...(one.description !== undefined && { Description: one.description }),
  EncryptionConfiguration: { Type: "AWS_OWNED_KMS_KEY" as const },
  Tags: tagList(one.tags),
});

const status = (one: Readonly<FirewallRecord>, Status: "READY" | "PROVISIONING" | "DELETING" = "READY") => ({
  Status,
  ConfigurationSyncStateSummary: "IN_SYNC" as const,
  SyncStates: Object.fromEntries(
    one.subnets.map(({ zone, subnetId, endpointId }) => [
      zone,
      { Attachment: { SubnetId: subnetId, EndpointId: endpointId, Status: "READY" as const } },
    ]),
  ),
});

/** Makes the endpoint of a subnet. */
function addEndpoint(
  context: CallContext,
  vpcId: string,
  firewallArn: string,
  subnetId: string,
): FirewallRecord["subnets"][number] {
  const subnet = tableOf(context, subnets).get(subnetId);
  if (subnet?.vpcId !== vpcId) throw invalid(`subnet ${subnetId} is not in VPC ${vpcId}`);
  const id = newId("vpce");
  const made = createInterface(context, {
    subnetId,
    groupIds: [],
    description: `VPC Endpoint Interface ${id}`,
    interfaceType: "gateway_load_balancer_endpoint",
    requester: { id: "727180483921", owner: "amazon-aws" },
  });
  add(context, vpcEndpoints, {
    id,
    tags: { AWSNetworkFirewallManaged: "true", Firewall: firewallArn },
    vpcId,
    serviceName: `com.amazonaws.vpce.${context.region}.vpce-svc-0${subnetId.slice(-16).padStart(16, "0")}`,
    type: "GatewayLoadBalancer",
    routeTableIds: [],
    subnetIds: [subnetId],
    groupIds: [],
    networkInterfaceIds: [made.id],
    privateDns: false,
    ipAddressType: "ipv4",
    dnsRecordIpType: "ipv4",
    requesterManaged: true,
    created: context.now,
    availableAt: context.now,
  });
  return { subnetId, zone: subnet.zone, endpointId: id };
}

function addSubnets(context: CallContext, one: FirewallRecord, ids: readonly string[]): void {
  for (const id of ids) {
    const made = addEndpoint(context, one.vpcId, one.arn, id);
    if (one.subnets.some((subnet) => subnet.zone === made.zone)) {
      throw invalid(`The firewall already has a subnet in the Availability Zone ${made.zone}.`);
    }
    one.subnets.push(made);
  }
}

/** @throws AwsError while a route leads through it */
function removeEndpoint(context: CallContext, endpointId: string): void {
  if (
    all(context, routeTables).some((table) => table.routes.some((route) => route.target.id === endpointId))
  ) {
    throw inUse(
      `Unable to fulfill request because the following related VPC endpoint(s) still exist: ${endpointId} is the target of a route.`,
    );
  }
  const endpoint = tableOf(context, vpcEndpoints).get(endpointId);
  if (endpoint) deleteEndpoint(context, endpoint);
}

/** Changes a firewall under its token. */
function changed(
  context: CallContext,
  input: {
    FirewallName?: string | undefined;
    FirewallArn?: string | undefined;
    UpdateToken?: string | undefined;
  },
  how: (draft: FirewallRecord) => void,
): Readonly<FirewallRecord> {
  const one = named(firewalls(context), input.FirewallName, input.FirewallArn);
  checkToken(one, input.UpdateToken);
  return firewalls(context).update(one.arn, (draft) => {
    how(draft);
    draft.token = newToken();
  })!;
}

const names = (one: Readonly<FirewallRecord>) => ({
  FirewallArn: one.arn,
  FirewallName: one.name,
  UpdateToken: one.token,
});

/** The table and key of a taggable resource. */
function tagged(context: CallContext, arn: string) {
  for (const table of [firewalls(context), policies(context), ruleGroups(context)]) {
    const found = table.get(arn);
    if (found) return { table, found };
  }
  throw notFound();
}

export const firewallOperations: Operations = {
  CreateFirewall(input, context) {
    const arn = context.arn("network-firewall", `firewall/${input.FirewallName}`);
    if (firewalls(context).has(arn))
      throw invalid(`A firewall with the name ${input.FirewallName} already exists.`);
    named(policies(context), undefined, input.FirewallPolicyArn);
    if (input.TransitGatewayId)
      throw invalid("Transit gateway firewalls are not supported by the Sagekeep local cloud.");
    const vpcId = input.VpcId ?? "";
    if (!tableOf(context, vpcs).has(vpcId)) throw invalid(`VPC ${vpcId} does not exist.`);
    if (!input.SubnetMappings?.length) throw invalid("A firewall needs at least one subnet.");
    const record: FirewallRecord = {
      id: randomUUID(),
      name: input.FirewallName,
      arn,
      ...(input.Description !== undefined && { description: input.Description }),
      token: newToken(),
      tags: tagsFrom(input.Tags),
      modified: context.now,
      policyArn: input.FirewallPolicyArn,
      vpcId,
      subnets: [],
      deleteProtection: input.DeleteProtection ?? false,
      subnetChangeProtection: input.SubnetChangeProtection ?? false,
      policyChangeProtection: input.FirewallPolicyChangeProtection ?? false,
      logging: [],
    };
    addSubnets(
      context,
      record,
      input.SubnetMappings.map((one) => one.SubnetId ?? ""),
    );
    firewalls(context).put(arn, record);
    return { Firewall: view(record), FirewallStatus: { ...status(record, "PROVISIONING"), SyncStates: {} } };
  },

  DescribeFirewall(input, context) {
    const one = named(firewalls(context), input.FirewallName, input.FirewallArn);
    return { UpdateToken: one.token, Firewall: view(one), FirewallStatus: status(one) };
  },

  ListFirewalls(input, context) {
    const known = firewalls(context)
      .list()
      .filter((one) => !input.VpcIds?.length || input.VpcIds.includes(one.vpcId));
    const { items, next } = pageOf(known, input.MaxResults, input.NextToken);
    return {
      Firewalls: items.map(({ name, arn }) => ({ FirewallName: name, FirewallArn: arn })),
      NextToken: next,
    };
  },

  DeleteFirewall(input, context) {
    const one = named(firewalls(context), input.FirewallName, input.FirewallArn);
    if (one.deleteProtection) throw inUse("Unable to fulfill request because delete protection is enabled.");
    for (const { endpointId } of one.subnets) removeEndpoint(context, endpointId);
    firewalls(context).delete(one.arn);
    return { Firewall: view(one), FirewallStatus: status(one, "DELETING") };
  },

  AssociateSubnets(input, context) {
    const one = changed(context, input, (draft) => {
      if (draft.subnetChangeProtection)
        throw inUse("Unable to fulfill request because subnet change protection is enabled.");
      addSubnets(
        context,
        draft,
        input.SubnetMappings.map((mapping) => mapping.SubnetId ?? ""),
      );
    });
    return { ...names(one), SubnetMappings: view(one).SubnetMappings };
  },

  DisassociateSubnets(input, context) {
    const one = changed(context, input, (draft) => {
      if (draft.subnetChangeProtection)
        throw inUse("Unable to fulfill request because subnet change protection is enabled.");
      for (const id of input.SubnetIds) {
        const subnet = draft.subnets.find((candidate) => candidate.subnetId === id);
        if (!subnet) throw invalid(`The firewall has no subnet ${id}.`);
        removeEndpoint(context, subnet.endpointId);
      }
      draft.subnets = draft.subnets.filter((subnet) => !input.SubnetIds.includes(subnet.subnetId));
    });
    return { ...names(one), SubnetMappings: view(one).SubnetMappings };
  },

  AssociateFirewallPolicy(input, context) {
    named(policies(context), undefined, input.FirewallPolicyArn);
    const one = changed(context, input, (draft) => {
      if (draft.policyChangeProtection)
        throw inUse("Unable to fulfill request because firewall policy change protection is enabled.");
      draft.policyArn = input.FirewallPolicyArn;
    });
    return { ...names(one), FirewallPolicyArn: one.policyArn };
  },

  UpdateFirewallDeleteProtection(input, context) {
    const one = changed(context, input, (draft) => {
      draft.deleteProtection = input.DeleteProtection;
    });
    return { ...names(one), DeleteProtection: one.deleteProtection };
  },

  UpdateFirewallDescription(input, context) {
    const one = changed(context, input, (draft) => {
      draft.description = input.Description ?? "";
    });
    return { ...names(one), Description: one.description };
  },

  UpdateSubnetChangeProtection(input, context) {
    const one = changed(context, input, (draft) => {
      draft.subnetChangeProtection = input.SubnetChangeProtection;
    });
    return { ...names(one), SubnetChangeProtection: one.subnetChangeProtection };
  },

  UpdateFirewallPolicyChangeProtection(input, context) {
    const one = changed(context, input, (draft) => {
      draft.policyChangeProtection = input.FirewallPolicyChangeProtection;
    });
    return { ...names(one), FirewallPolicyChangeProtection: one.policyChangeProtection };
  },

  DescribeLoggingConfiguration(input, context) {
    const one = named(firewalls(context), input.FirewallName, input.FirewallArn);
    return {
      FirewallArn: one.arn,
      LoggingConfiguration: { LogDestinationConfigs: structuredClone(one.logging) as [] },
    };
  },

  UpdateLoggingConfiguration(input, context) {
    named(firewalls(context), input.FirewallName, input.FirewallArn);
    if (input.LoggingConfiguration?.LogDestinationConfigs?.length) {
      throw invalid("Logging of Network Firewall is not supported by the Sagekeep local cloud.");
    }
    return { FirewallArn: input.FirewallArn, LoggingConfiguration: { LogDestinationConfigs: [] } };
  },

  TagResource({ ResourceArn, Tags }, context) {
    const { table } = tagged(context, ResourceArn);
    (table as ReturnType<typeof firewalls>).update(
      ResourceArn,
      (draft) => void Object.assign(draft.tags, tagsFrom(Tags)),
    );
    return {};
  },
  UntagResource({ ResourceArn, TagKeys }, context) {
    const { table } = tagged(context, ResourceArn);
    (table as ReturnType<typeof firewalls>).update(ResourceArn, (draft) => {
      for (const key of TagKeys) delete draft.tags[key];
    });
    return {};
  },
  ListTagsForResource: ({ ResourceArn }, context) => ({
    Tags: tagList(tagged(context, ResourceArn).found.tags),
  }),
};
