/** VPC Lattice: service networks, resources behind gateways, their associations and policies. */
import { declared, map, pick, policyText, type Work } from "./declared.ts";
import { type HandlerTable, text } from "./handler.ts";
import { type TagStyle, tagMap } from "./tags.ts";

const service = "vpc-lattice";

const latticeTags: TagStyle = {
  put: ({ id, r }, tags) => r.call(service, "TagResource", { resourceArn: id, tags }),
  remove: ({ id, r }, tagKeys) => r.call(service, "UntagResource", { resourceArn: id, tagKeys }),
};

const tagsOf = ({ p, r }: Work) => {
  const tags = tagMap(p.Tags, r.stackTags);
  return Object.keys(tags).length ? tags : undefined;
};

/** `VpcIdentifier` → `vpcIdentifier`, of those members. */
const lowered = (work: Work, ...names: string[]) =>
  Object.fromEntries(
    Object.entries(pick(work.p, ...names)).map(([name, value]) => [lower(name), inner(value)]),
  );

const lower = (name: string) => name[0]!.toLowerCase() + name.slice(1);

/** Members of structures begin in lower case, too. */
function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [lower(name), inner(one)]));
}

// biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
type Output = any;

const time = (value: unknown) => new Date(value as string).toISOString();
const identity = (one: Output) => ({ Arn: one.arn ?? "", Id: one.id ?? "" });

/** Its name, or one of the stack's in the letters that are allowed. */
const nameOf = ({ p, r }: Work, limit: number) =>
  p.Name === undefined ? r.generatedName(limit, { lower: true }) : text(p.Name);

/** A Get, an Update or a Delete by the physical id, an ARN. */
const by = (member: string) => ({
  describe: (op: string) => ({
    op,
    input: ({ id }: Work) => ({ [member]: id }),
    pick: (output: Output) => output,
  }),
  delete: (op: string) => ({ op, input: ({ id }: Work) => ({ [member]: id }) }),
});

const network = by("serviceNetworkIdentifier");
const gateway = by("resourceGatewayIdentifier");
const configuration = by("resourceConfigurationIdentifier");
const vpcAssociation = by("serviceNetworkVpcAssociationIdentifier");
const serviceAssociation = by("serviceNetworkServiceAssociationIdentifier");
const resourceAssociation = by("serviceNetworkResourceAssociationIdentifier");
const latticeService = by("serviceIdentifier");

const names = (one: Output) => ({
  ServiceNetworkArn: one.serviceNetworkArn ?? "",
  ServiceNetworkId: one.serviceNetworkId ?? "",
  ServiceNetworkName: one.serviceNetworkName ?? "",
});

const dnsOf = (one: Output) => ({
  "DnsEntry.DomainName": one.dnsEntry?.domainName ?? "",
  "DnsEntry.HostedZoneId": one.dnsEntry?.hostedZoneId ?? "",
});

export const latticeTypes: HandlerTable = {
  "AWS::VpcLattice::ServiceNetwork": declared({
    service,
    create: {
      op: "CreateServiceNetwork",
      input: (work) => ({
        name: nameOf(work, 63),
        ...lowered(work, "AuthType", "SharingConfig"),
        tags: tagsOf(work),
      }),
    },
    id: (output) => output.arn,
    steps: [
      {
        of: ["AuthType"],
        updateOnly: true,
        op: "UpdateServiceNetwork",
        input: ({ id, p }) => ({ serviceNetworkIdentifier: id, authType: p.AuthType ?? "NONE" }),
      },
    ],
    describe: network.describe("GetServiceNetwork"),
    attributes: (one) => ({
      ...identity(one),
      CreatedAt: time(one.createdAt),
      LastUpdatedAt: time(one.lastUpdatedAt),
    }),
    delete: network.delete("DeleteServiceNetwork"),
    tags: latticeTags,
    nameProperty: "Name",
  }),
  "AWS::VpcLattice::Service": declared({
    service,
    create: {
      op: "CreateService",
      input: (work) => ({
        name: nameOf(work, 40),
        ...lowered(work, "AuthType", "CustomDomainName", "CertificateArn"),
        tags: tagsOf(work),
      }),
    },
    id: (output) => output.arn,
    steps: [
      {
        of: ["AuthType", "CertificateArn"],
        updateOnly: true,
        op: "UpdateService",
        input: ({ id, p }) => ({
          serviceIdentifier: id,
          authType: p.AuthType ?? "NONE",
          certificateArn: p.CertificateArn,
        }),
      },
    ],
    describe: latticeService.describe("GetService"),
    attributes: (one) => ({
      ...identity(one),
      ...dnsOf(one),
      Status: one.status ?? "",
      CreatedAt: time(one.createdAt),
      LastUpdatedAt: time(one.lastUpdatedAt),
    }),
    delete: latticeService.delete("DeleteService"),
    tags: latticeTags,
    nameProperty: "Name",
  }),
  "AWS::VpcLattice::ResourceGateway": declared({
    service,
    create: {
      op: "CreateResourceGateway",
      input: (work) => ({
        ...lowered(
          work,
          "Name",
          "VpcIdentifier",
          "SubnetIds",
          "SecurityGroupIds",
          "IpAddressType",
          "Ipv4AddressesPerEni",
          "ResourceConfigDnsResolution",
        ),
        tags: tagsOf(work),
      }),
    },
    id: (output) => output.arn,
    steps: [
      {
        of: ["SecurityGroupIds"],
        updateOnly: true,
        op: "UpdateResourceGateway",
        input: ({ id, p }) => ({ resourceGatewayIdentifier: id, securityGroupIds: p.SecurityGroupIds }),
      },
    ],
    describe: gateway.describe("GetResourceGateway"),
    attributes: identity,
    delete: gateway.delete("DeleteResourceGateway"),
    tags: latticeTags,
    nameProperty: "Name",
  }),
  "AWS::VpcLattice::ResourceConfiguration": declared({
    service,
    create: {
      op: "CreateResourceConfiguration",
      input: (work) => ({
        ...lowered(work, "Name", "PortRanges", "CustomDomainName", "GroupDomain"),
        resourceConfigurationDefinition: definitionOf(work),
        type: work.p.ResourceConfigurationType,
        protocol: work.p.ProtocolType,
        resourceGatewayIdentifier: work.p.ResourceGatewayId,
        resourceConfigurationGroupIdentifier: work.p.ResourceConfigurationGroupId,
        // so spelled in the resource type
        allowAssociationToShareableServiceNetwork: work.p.AllowAssociationToSharableServiceNetwork,
        domainVerificationIdentifier: work.p.DomainVerificationId,
        tags: tagsOf(work),
      }),
    },
    id: (output) => output.arn,
    steps: [
      {
        of: ["PortRanges", "ResourceConfigurationDefinition", "AllowAssociationToSharableServiceNetwork"],
        updateOnly: true,
        op: "UpdateResourceConfiguration",
        input: (work) => ({
          resourceConfigurationIdentifier: work.id,
          ...lowered(work, "PortRanges"),
          resourceConfigurationDefinition: definitionOf(work),
          allowAssociationToShareableServiceNetwork: work.p.AllowAssociationToSharableServiceNetwork,
        }),
      },
    ],
    describe: configuration.describe("GetResourceConfiguration"),
    attributes: identity,
    delete: configuration.delete("DeleteResourceConfiguration"),
    tags: latticeTags,
    nameProperty: "Name",
  }),
  "AWS::VpcLattice::ServiceNetworkVpcAssociation": declared({
    service,
    create: {
      op: "CreateServiceNetworkVpcAssociation",
      input: (work) => ({
        ...lowered(
          work,
          "ServiceNetworkIdentifier",
          "VpcIdentifier",
          "SecurityGroupIds",
          "PrivateDnsEnabled",
          "DnsOptions",
        ),
        tags: tagsOf(work),
      }),
    },
    id: (output) => output.arn,
    steps: [
      {
        of: ["SecurityGroupIds"],
        updateOnly: true,
        op: "UpdateServiceNetworkVpcAssociation",
        input: ({ id, p }) => ({
          serviceNetworkVpcAssociationIdentifier: id,
          securityGroupIds: p.SecurityGroupIds,
        }),
      },
    ],
    describe: vpcAssociation.describe("GetServiceNetworkVpcAssociation"),
    attributes: (one) => ({
      ...identity(one),
      ...names(one),
      VpcId: one.vpcId ?? "",
      Status: one.status ?? "",
      CreatedAt: time(one.createdAt),
    }),
    delete: vpcAssociation.delete("DeleteServiceNetworkVpcAssociation"),
    tags: latticeTags,
  }),
  "AWS::VpcLattice::ServiceNetworkServiceAssociation": declared({
    service,
    create: {
      op: "CreateServiceNetworkServiceAssociation",
      input: (work) => ({
        ...lowered(work, "ServiceNetworkIdentifier", "ServiceIdentifier"),
        tags: tagsOf(work),
      }),
    },
    id: (output) => output.arn,
    describe: serviceAssociation.describe("GetServiceNetworkServiceAssociation"),
    attributes: (one) => ({
      ...identity(one),
      ...names(one),
      ...dnsOf(one),
      ServiceArn: one.serviceArn ?? "",
      ServiceId: one.serviceId ?? "",
      ServiceName: one.serviceName ?? "",
      Status: one.status ?? "",
      CreatedAt: time(one.createdAt),
    }),
    delete: serviceAssociation.delete("DeleteServiceNetworkServiceAssociation"),
    tags: latticeTags,
  }),
  "AWS::VpcLattice::ServiceNetworkResourceAssociation": declared({
    service,
    create: {
      op: "CreateServiceNetworkResourceAssociation",
      input: (work) => ({
        serviceNetworkIdentifier: work.p.ServiceNetworkId,
        resourceConfigurationIdentifier: work.p.ResourceConfigurationId,
        privateDnsEnabled: work.p.PrivateDnsEnabled,
        tags: tagsOf(work),
      }),
    },
    id: (output) => output.arn,
    describe: resourceAssociation.describe("GetServiceNetworkResourceAssociation"),
    attributes: identity,
    delete: resourceAssociation.delete("DeleteServiceNetworkResourceAssociation"),
    tags: latticeTags,
  }),
  "AWS::VpcLattice::AuthPolicy": declared({
    service,
    create: { op: "PutAuthPolicy", input: authPolicy },
    id: (_, { p }) => text(p.ResourceIdentifier),
    steps: [{ of: ["Policy"], updateOnly: true, op: "PutAuthPolicy", input: authPolicy }],
    describe: by("resourceIdentifier").describe("GetAuthPolicy"),
    attributes: (one) => ({ State: one.state ?? "" }),
    delete: by("resourceIdentifier").delete("DeleteAuthPolicy"),
  }),
  "AWS::VpcLattice::ResourcePolicy": declared({
    service,
    create: { op: "PutResourcePolicy", input: resourcePolicy },
    id: (_, { p }) => text(p.ResourceArn),
    steps: [{ of: ["Policy"], updateOnly: true, op: "PutResourcePolicy", input: resourcePolicy }],
    describe: by("resourceArn").describe("GetResourcePolicy"),
    delete: by("resourceArn").delete("DeleteResourcePolicy"),
  }),
};

/** The template writes an address or an ARN plainly, where the API has a structure. */
function definitionOf({ p }: Work): object | undefined {
  if (p.ResourceConfigurationDefinition === undefined) return undefined;
  const { DnsResource, IpResource, ArnResource } = map(p.ResourceConfigurationDefinition);
  return {
    ...(DnsResource !== undefined && { dnsResource: inner(DnsResource) }),
    ...(IpResource !== undefined && { ipResource: { ipAddress: IpResource } }),
    ...(ArnResource !== undefined && { arnResource: { arn: ArnResource } }),
  };
}

function authPolicy({ p }: Work) {
  return { resourceIdentifier: p.ResourceIdentifier, policy: policyText(p.Policy) };
}

function resourcePolicy({ p }: Work) {
  return { resourceArn: p.ResourceArn, policy: policyText(p.Policy) };
}
