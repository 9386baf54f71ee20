/** Types of VPC Lattice, and an endpoint that leads there: made, changed, deleted by a stack. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const lattice = (operation: string, input: object = {}) => cloud.call("vpc-lattice", operation, input);

const template = (ports: string[], authType: string) => ({
  Resources: {
    Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16" } },
    Subnet: {
      Type: "AWS::EC2::Subnet",
      Properties: { VpcId: { Ref: "Vpc" }, CidrBlock: "10.0.0.0/24" },
    },
    Network: {
      Type: "AWS::VpcLattice::ServiceNetwork",
      Properties: { AuthType: authType, Tags: [{ Key: "team", Value: "a" }] },
    },
    Policy: {
      Type: "AWS::VpcLattice::AuthPolicy",
      Properties: {
        ResourceIdentifier: { "Fn::GetAtt": ["Network", "Id"] },
        Policy: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: "*", Action: "vpc-lattice-svcs:Invoke", Resource: "*" }],
        },
      },
    },
    Gateway: {
      Type: "AWS::VpcLattice::ResourceGateway",
      Properties: { Name: "door", VpcIdentifier: { Ref: "Vpc" }, SubnetIds: [{ Ref: "Subnet" }] },
    },
    Thing: {
      Type: "AWS::VpcLattice::ResourceConfiguration",
      Properties: {
        Name: "thing",
        ResourceConfigurationType: "SINGLE",
        ResourceGatewayId: { "Fn::GetAtt": ["Gateway", "Id"] },
        PortRanges: ports,
        ProtocolType: "TCP",
        ResourceConfigurationDefinition: { IpResource: "10.0.0.77" },
      },
    },
    InNetwork: {
      Type: "AWS::VpcLattice::ServiceNetworkResourceAssociation",
      Properties: { ServiceNetworkId: { Ref: "Network" }, ResourceConfigurationId: { Ref: "Thing" } },
    },
    VpcInNetwork: {
      Type: "AWS::VpcLattice::ServiceNetworkVpcAssociation",
      Properties: { ServiceNetworkIdentifier: { Ref: "Network" }, VpcIdentifier: { Ref: "Vpc" } },
    },
    Endpoint: {
      Type: "AWS::EC2::VPCEndpoint",
      Properties: {
        VpcId: { Ref: "Vpc" },
        VpcEndpointType: "Resource",
        ResourceConfigurationArn: { "Fn::GetAtt": ["Thing", "Arn"] },
        SubnetIds: [{ Ref: "Subnet" }],
      },
    },
  },
  Outputs: {
    Network: { Value: { "Fn::GetAtt": ["Network", "Arn"] } },
    Status: { Value: { "Fn::GetAtt": ["VpcInNetwork", "Status"] } },
    State: { Value: { "Fn::GetAtt": ["Policy", "State"] } },
  },
});

it("makes, changes and deletes them", async () => {
  const StackName = "lattice";
  await cfn("CreateStack", { StackName, TemplateBody: JSON.stringify(template(["80"], "NONE")) });
  const stack = (await cfn("DescribeStacks", { StackName })).Stacks[0];
  expect(stack.StackStatus).toBe("CREATE_COMPLETE");
  const value = (key: string) =>
    stack.Outputs.find((one: { OutputKey: string }) => one.OutputKey === key).OutputValue;
  expect(value("Status")).toBe("ACTIVE");
  expect(value("State")).toBe("Inactive");
  const [network] = (await lattice("ListServiceNetworks")).items;
  expect(network.name).toMatch(/^lattice-network-[a-z0-9]+$/);
  expect(network.arn).toBe(value("Network"));

  await cfn("UpdateStack", { StackName, TemplateBody: JSON.stringify(template(["443"], "AWS_IAM")) });
  const { items } = await lattice("ListResourceConfigurations");
  expect(
    await lattice("GetResourceConfiguration", { resourceConfigurationIdentifier: items[0].id }),
  ).toMatchObject({ portRanges: ["443"] });
  expect(await lattice("GetServiceNetwork", { serviceNetworkIdentifier: network.id })).toMatchObject({
    authType: "AWS_IAM",
  });

  const { StackId } = stack;
  await cfn("DeleteStack", { StackName });
  expect((await cfn("DescribeStacks", { StackName: StackId })).Stacks[0].StackStatus).toBe("DELETE_COMPLETE");
  expect((await lattice("ListServiceNetworks")).items).toEqual([]);
});
