import type { Lifecycle } from "../lifecycle.ts";

export const ec2: Lifecycle = {
  service: "ec2",
  calls: [
    {
      call: "CreateVpc",
      with: {
        CidrBlock: "10.7.0.0/16",
        TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "lab" }] }],
      },
      keep: { vpc: "Vpc.VpcId" },
    },
    {
      call: "CreateSubnet",
      with: { VpcId: "${vpc}", CidrBlock: "10.7.0.0/24" },
      keep: { subnet: "Subnet.SubnetId" },
      expect: { "Subnet.AvailableIpAddressCount": 251 },
    },
    {
      call: "CreateSubnet",
      with: { VpcId: "${vpc}", CidrBlock: "10.7.0.128/25" },
      fails: "InvalidSubnet.Conflict",
    },
    {
      call: "CreateSecurityGroup",
      with: { VpcId: "${vpc}", GroupName: "jobs", Description: "of jobs" },
      keep: { group: "GroupId" },
    },
    {
      call: "AuthorizeSecurityGroupIngress",
      with: {
        GroupId: "${group}",
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "10.7.0.0/16" }] },
        ],
      },
      expect: { Return: true, "SecurityGroupRules.0.FromPort": 443 },
    },
    {
      call: "CreateVpcEndpoint",
      with: {
        VpcId: "${vpc}",
        ServiceName: "com.amazonaws.us-east-1.kms",
        VpcEndpointType: "Interface",
        PrivateDnsEnabled: false,
        SubnetIds: ["${subnet}"],
        SecurityGroupIds: ["${group}"],
      },
      keep: { endpoint: "VpcEndpoint.VpcEndpointId" },
    },
    {
      call: "DescribeVpcEndpoints",
      with: { VpcEndpointIds: ["${endpoint}"] },
      expect: { "VpcEndpoints.0.State": "available" },
      waits: true,
    },
    {
      call: "DescribeVpcs",
      with: { Filters: [{ Name: "tag:Name", Values: ["l*b"] }] },
      expect: { "Vpcs.0.VpcId": "${vpc}", "Vpcs.1": null },
    },
    { call: "DeleteVpc", with: { VpcId: "${vpc}" }, fails: "DependencyViolation" },
    { call: "DeleteVpcEndpoints", with: { VpcEndpointIds: ["${endpoint}"] } },
    {
      call: "DescribeVpcEndpoints",
      with: { Filters: [{ Name: "vpc-id", Values: ["${vpc}"] }] },
      expect: { "VpcEndpoints.0": null },
      waits: true,
    },
    { call: "DeleteSecurityGroup", with: { GroupId: "${group}" } },
    { call: "DeleteSubnet", with: { SubnetId: "${subnet}" } },
    { call: "DeleteVpc", with: { VpcId: "${vpc}" } },
    { call: "DescribeVpcs", with: { VpcIds: ["${vpc}"] }, fails: "InvalidVpcID.NotFound" },
  ],
};
