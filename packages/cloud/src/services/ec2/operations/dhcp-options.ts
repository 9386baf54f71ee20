/** DHCP option sets. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html */
import type { ReadContext } from "../../../context.ts";
import { parseIp } from "../../../network/cidr.ts";
import { badParameter, dependency, invalidValue, need } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, all, change, describe, find, remove, tagList } from "../kind.ts";
import { dhcpOptions, vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { DhcpOptionsRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";

const KEYS = [
  "domain-name",
  "domain-name-servers",
  "ntp-servers",
  "netbios-name-servers",
  "netbios-node-type",
  "ipv6-address-preferred-lease-time",
];

const view = (one: Readonly<DhcpOptionsRecord>, context: ReadContext) => ({
  DhcpOptionsId: one.id,
  OwnerId: context.account,
  DhcpConfigurations: Object.entries(one.options).map(([Key, values]) => ({
    Key,
    Values: values.map((Value) => ({ Value })),
  })),
  Tags: tagList(one.tags),
});

/** Options that name servers take up to four addresses; only one of them a word of AWS's own besides. */
function checkServers(key: string, values: readonly string[]): void {
  if (!/-servers$/.test(key)) return;
  if (values.length > 4) throw badParameter(key, values.join(","), "At most four servers can be specified.");
  for (const value of values) {
    if (key === "domain-name-servers" && value === "AmazonProvidedDNS") continue;
    const ip = parseIp(value);
    if (!ip || (key === "netbios-name-servers" && ip.family !== 4)) {
      throw badParameter(key, value, "This is not a valid IP address.");
    }
  }
}

export const dhcpOptionsOperations: Operations = {
  CreateDhcpOptions(input, context) {
    const options: Record<string, string[]> = {};
    for (const { Key = "", Values = [] } of need(input.DhcpConfigurations, "dhcpConfiguration")) {
      if (!KEYS.includes(Key)) throw badParameter("name", Key, "Unknown DHCP option");
      if (Values.length === 0) throw invalidValue(`The DHCP option ${Key} has no value`);
      checkServers(Key, Values);
      options[Key] = Values;
    }
    const nodeType = options["netbios-node-type"]?.[0];
    if (nodeType !== undefined && !["1", "2", "4", "8"].includes(nodeType)) {
      throw invalidValue(`Invalid NetBIOS node type: ${nodeType}. Valid values are 1, 2, 4 or 8.`);
    }
    const one = add(context, dhcpOptions, {
      id: newId("dopt"),
      tags: specifiedTags(input.TagSpecifications, "dhcp-options"),
      options,
    });
    return { DhcpOptions: view(one, context) };
  },

  DescribeDhcpOptions(input, context) {
    const ids = input.DhcpOptionsIds;
    const { items, next } = describe(context, dhcpOptions, input, ids, { idsName: "dhcpOptionsIds" });
    return { DhcpOptions: items.map((one) => view(one, context)), NextToken: next };
  },

  AssociateDhcpOptions(input, context) {
    const id = need(input.DhcpOptionsId, "dhcpOptionsId");
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"));
    if (id !== "default") find(context, dhcpOptions, id);
    change(context, vpcs, vpc.id, (draft) => {
      draft.dhcpOptionsId = id;
    });
    return {};
  },

  DeleteDhcpOptions(input, context) {
    const one = find(context, dhcpOptions, need(input.DhcpOptionsId, "dhcpOptionsId"));
    if (all(context, vpcs).some((vpc) => vpc.dhcpOptionsId === one.id)) {
      throw dependency(`The dhcpOptions '${one.id}' has dependencies and cannot be deleted.`);
    }
    remove(context, dhcpOptions, one.id);
    return {};
  },
};
