/** IPAM: IPAMs, scopes, pools, their blocks and allocations. */
import { declared, list, map, pick, type Work } from "../declared.ts";
import { type HandlerTable, text } from "../handler.ts";
import { describeOne, ec2Tags, listChanges, tagSpecifications } from "./shared.ts";

const service = "ec2";

const regions = (names: readonly string[]) => names.map((RegionName) => ({ RegionName }));
const regionNames = (value: unknown) => list(value as never).map((one) => text(map(one).RegionName));
const some = <T>(all: readonly T[]) => (all.length > 0 ? all : undefined);

export const ipamTypes: HandlerTable = {
  "AWS::EC2::IPAM": declared({
    service,
    create: {
      op: "CreateIpam",
      input: (work) => ({
        ...pick(work.p, "Description", "OperatingRegions", "Tier"),
        TagSpecifications: tagSpecifications("ipam", work),
      }),
    },
    id: (output) => output.Ipam.IpamId,
    steps: [
      {
        of: ["Description", "OperatingRegions", "Tier"],
        updateOnly: true,
        op: "ModifyIpam",
        input: ({ id, p, old = {} }) => {
          const [added, removed] = listChanges(
            regionNames(old.OperatingRegions),
            regionNames(p.OperatingRegions),
          );
          return {
            IpamId: id,
            ...pick(p, "Description", "Tier"),
            AddOperatingRegions: some(regions(added)),
            RemoveOperatingRegions: some(regions(removed)),
          };
        },
      },
    ],
    describe: describeOne("DescribeIpams", "IpamIds", "Ipams"),
    attributes: (one, { id }) => ({
      IpamId: id,
      Arn: one.IpamArn ?? "",
      PublicDefaultScopeId: one.PublicDefaultScopeId ?? "",
      PrivateDefaultScopeId: one.PrivateDefaultScopeId ?? "",
      ScopeCount: one.ScopeCount ?? 0,
      ResourceDiscoveryAssociationCount: one.ResourceDiscoveryAssociationCount ?? 0,
    }),
    delete: { op: "DeleteIpam", input: ({ id }) => ({ IpamId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::IPAMScope": declared({
    service,
    create: {
      op: "CreateIpamScope",
      input: (work) => ({
        ...pick(work.p, "IpamId", "Description"),
        TagSpecifications: tagSpecifications("ipam-scope", work),
      }),
    },
    id: (output) => output.IpamScope.IpamScopeId,
    steps: [
      {
        of: ["Description"],
        updateOnly: true,
        op: "ModifyIpamScope",
        input: ({ id, p }) => ({ IpamScopeId: id, Description: p.Description ?? "" }),
      },
    ],
    describe: describeOne("DescribeIpamScopes", "IpamScopeIds", "IpamScopes"),
    attributes: (one, { id }) => ({
      IpamScopeId: id,
      Arn: one.IpamScopeArn ?? "",
      IpamArn: one.IpamArn ?? "",
      IpamScopeType: one.IpamScopeType ?? "",
      IsDefault: one.IsDefault ?? false,
      PoolCount: one.PoolCount ?? 0,
    }),
    delete: { op: "DeleteIpamScope", input: ({ id }) => ({ IpamScopeId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::IPAMPool": declared({
    service,
    create: {
      op: "CreateIpamPool",
      input: (work) => ({
        ...pick(
          work.p,
          "IpamScopeId",
          "AddressFamily",
          "SourceIpamPoolId",
          "Locale",
          "Description",
          "AutoImport",
          "AllocationMinNetmaskLength",
          "AllocationMaxNetmaskLength",
          "AllocationDefaultNetmaskLength",
          "AllocationResourceTags",
          "SourceResource",
        ),
        TagSpecifications: tagSpecifications("ipam-pool", work),
      }),
    },
    id: (output) => output.IpamPool.IpamPoolId,
    steps: [
      {
        of: [
          "Description",
          "AutoImport",
          "AllocationMinNetmaskLength",
          "AllocationMaxNetmaskLength",
          "AllocationDefaultNetmaskLength",
        ],
        updateOnly: true,
        op: "ModifyIpamPool",
        input: ({ id, p }) => ({
          IpamPoolId: id,
          ...pick(
            p,
            "Description",
            "AutoImport",
            "AllocationMinNetmaskLength",
            "AllocationMaxNetmaskLength",
            "AllocationDefaultNetmaskLength",
          ),
          ClearAllocationDefaultNetmaskLength:
            p.AllocationDefaultNetmaskLength === undefined ? true : undefined,
        }),
      },
      { of: ["ProvisionedCidrs"], run: changeBlocks },
    ],
    describe: describeOne("DescribeIpamPools", "IpamPoolIds", "IpamPools"),
    attributes: (one, { id }) => ({
      IpamPoolId: id,
      Arn: one.IpamPoolArn ?? "",
      IpamArn: one.IpamArn ?? "",
      IpamScopeArn: one.IpamScopeArn ?? "",
      IpamScopeType: one.IpamScopeType ?? "",
      PoolDepth: one.PoolDepth ?? 0,
      State: one.State ?? "",
    }),
    delete: { op: "DeleteIpamPool", input: deletion },
    tags: ec2Tags,
  }),
  "AWS::EC2::IPAMPoolCidr": {
    async create(p, r) {
      const input = pick(p, "IpamPoolId", "Cidr", "NetmaskLength");
      const { IpamPoolCidr } = await r.call(service, "ProvisionIpamPoolCidr", input);
      return { physicalId: `${text(p.IpamPoolId)}|${IpamPoolCidr.IpamPoolCidrId}` };
    },
    attributes: async ({ physicalId }) => ({
      IpamPoolCidrId: physicalId.split("|")[1] ?? "",
      State: "provisioned",
    }),
    // everything about one is fixed
    update: async () => {},
    async delete({ physicalId }, r) {
      const [IpamPoolId, id] = physicalId.split("|");
      const { IpamPoolCidrs } = await r.read(service, "GetIpamPoolCidrs", { IpamPoolId });
      const one = IpamPoolCidrs.find((each: { IpamPoolCidrId: string }) => each.IpamPoolCidrId === id);
      if (one) await r.call(service, "DeprovisionIpamPoolCidr", { IpamPoolId, Cidr: one.Cidr });
    },
  },
  "AWS::EC2::IPAMAllocation": declared({
    service,
    create: {
      op: "AllocateIpamPoolCidr",
      input: ({ p }) => pick(p, "IpamPoolId", "Cidr", "NetmaskLength", "Description"),
    },
    id: ({ IpamPoolAllocation: one }, { p }) =>
      `${text(p.IpamPoolId)}|${one.IpamPoolAllocationId}|${one.Cidr}`,
    attributes: (_, { id }) => ({ IpamPoolAllocationId: id.split("|")[1] ?? "" }),
    delete: {
      op: "ReleaseIpamPoolAllocation",
      input: ({ id, p }) => ({
        IpamPoolId: p.IpamPoolId,
        IpamPoolAllocationId: id.split("|")[1],
        Cidr: id.split("|")[2],
      }),
    },
  }),
};

/** A pool goes with the blocks that the template gave it. */
function deletion({ id }: Work): object {
  return { IpamPoolId: id, Cascade: true };
}

/** Blocks of the template that are new are provisioned, those that are gone taken away. */
async function changeBlocks({ id, p, old, r }: Work): Promise<void> {
  const named = (value: unknown) => list(value as never).flatMap((one) => text(map(one).Cidr) || []);
  const before = old && old !== p ? named(old.ProvisionedCidrs) : [];
  const [added, removed] = listChanges(before, named(p.ProvisionedCidrs));
  for (const Cidr of added) await r.call(service, "ProvisionIpamPoolCidr", { IpamPoolId: id, Cidr });
  for (const Cidr of removed) await r.call(service, "DeprovisionIpamPoolCidr", { IpamPoolId: id, Cidr });
}
