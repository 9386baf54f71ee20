import type { Lifecycle } from "../lifecycle.ts";

export const vpcLattice: Lifecycle = {
  service: "vpc-lattice",
  calls: [
    {
      call: "CreateServiceNetwork",
      with: { name: "net", tags: { team: "a" } },
      keep: { network: "id", arn: "arn" },
      expect: { authType: "NONE" },
    },
    { call: "CreateServiceNetwork", with: { name: "net" }, fails: "ConflictException" },
    { call: "ListTagsForResource", with: { resourceArn: "${arn}" }, expect: { "tags.team": "a" } },
    {
      call: "CreateService",
      with: { name: "front", authType: "AWS_IAM" },
      keep: { service: "id" },
      expect: { status: "CREATE_IN_PROGRESS", "dnsEntry.domainName": "*" },
    },
    {
      call: "CreateServiceNetworkServiceAssociation",
      with: { serviceIdentifier: "${service}", serviceNetworkIdentifier: "${network}" },
      keep: { association: "id" },
    },
    {
      call: "GetServiceNetwork",
      with: { serviceNetworkIdentifier: "${arn}" },
      expect: { numberOfAssociatedServices: 1, numberOfAssociatedVPCs: 0 },
    },
    {
      call: "DeleteServiceNetwork",
      with: { serviceNetworkIdentifier: "${network}" },
      fails: "ConflictException",
    },
    {
      call: "DeleteServiceNetworkServiceAssociation",
      with: { serviceNetworkServiceAssociationIdentifier: "${association}" },
      expect: { status: "DELETE_IN_PROGRESS" },
    },
    { call: "DeleteService", with: { serviceIdentifier: "${service}" } },
    { call: "DeleteServiceNetwork", with: { serviceNetworkIdentifier: "${network}" } },
    {
      call: "GetServiceNetwork",
      with: { serviceNetworkIdentifier: "${network}" },
      fails: "ResourceNotFoundException",
    },
  ],
};
