/**
 * EC2's own style of events: lists are `…Set: { items: […] }` with each id in an object of its own, permissions and tags
 * of specifications have their own forms, and answers bear the names of their XML.
 * See "Log Amazon EC2 API calls using AWS CloudTrail" in the EC2 User Guide.
 */
import known from "./generated/names.json" with { type: "json" };

const MEMBERS: Readonly<Record<string, string>> = known.ec2.members;
const OWN: Readonly<Record<string, Readonly<Record<string, string>>>> = known.ec2.own;

/** Lists of simple values in requests: the set's name, and that of what is in it. */
const SETS: Readonly<Record<string, readonly [string, string]>> = {
  AllocationIds: ["allocationIdsSet", "allocationId"],
  DhcpOptionsIds: ["dhcpOptionsSet", "dhcpOptionsId"],
  GroupIds: ["securityGroupIdSet", "groupId"],
  GroupNames: ["securityGroupSet", "groupName"],
  Groups: ["groupSet", "groupId"],
  ImageIds: ["imagesSet", "imageId"],
  InstanceIds: ["instancesSet", "instanceId"],
  InternetGatewayIds: ["internetGatewayIdSet", "internetGatewayId"],
  KeyNames: ["keySet", "keyName"],
  NetworkAclIds: ["networkAclIdSet", "networkAclId"],
  NetworkInterfaceIds: ["networkInterfaceIdSet", "networkInterfaceId"],
  PublicIps: ["publicIpsSet", "publicIp"],
  RegionNames: ["regionSet", "regionName"],
  Resources: ["resourcesSet", "resourceId"],
  RouteTableIds: ["routeTableIdSet", "routeTableId"],
  SecurityGroupIds: ["groupSet", "groupId"],
  SubnetIds: ["subnetSet", "subnetId"],
  Values: ["valueSet", "value"],
  VpcIds: ["vpcSet", "vpcId"],
  VpcPeeringConnectionIds: ["vpcPeeringConnectionIdSet", "vpcPeeringConnectionId"],
  ZoneNames: ["availabilityZoneSet", "zoneName"],
};

/** Lists of structures in requests that are not `<singular>Set`. */
const LISTS: Readonly<Record<string, string>> = {
  IpPermissions: "ipPermissions",
  IpRanges: "ipRanges",
  Ipv6Ranges: "ipv6Ranges",
  PrefixListIds: "prefixListIds",
  UserIdGroupPairs: "groups",
};

const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** Member name and form of a list in a request. @param items already in the event's form */
export function ec2RequestList(name: string, items: readonly unknown[], within: string): [string, unknown] {
  // the tags of a specification are a plain list
  if (name === "Tags" && within === "TagSpecifications") return ["tags", items];
  const simple = items.every((one) => typeof one !== "object");
  const set = SETS[name];
  if (set && simple) return [set[0], { items: items.map((one) => ({ [set[1]]: one })) }];
  const plain = lower(name);
  const singular = plain.endsWith("Ids")
    ? plain.slice(0, -3)
    : plain.endsWith("s")
      ? plain.slice(0, -1)
      : plain;
  return [LISTS[name] ?? `${singular}Set`, items.length ? { items } : {}];
}

/** Member name in an answer. */
export const ec2ResponseName = (operation: string, name: string): string =>
  // `return` is a word of the language that writes the events
  name === "Return" ? "_return" : (OWN[operation]?.[name] ?? MEMBERS[name] ?? lower(name));
