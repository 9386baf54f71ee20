/** What AWS answers to values that are not quite right, in its own sentences (quoted in many issues and forums). */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

it("names of security groups do not begin like an id, and are ASCII as descriptions are", async () => {
  const { VpcId } = (await ec2("CreateVpc", { CidrBlock: "10.0.0.0/16" })).Vpc;
  const group = (GroupName: string, Description = "d") =>
    failure(ec2("CreateSecurityGroup", { GroupName, Description, VpcId }));
  expect(await group("sg-web")).toBe(
    "InvalidParameterValue: Value (sg-web) for parameter GroupName is invalid. Group names may not be in the format sg-*.",
  );
  expect(await group("web", "für das Netz")).toBe(
    "InvalidParameterValue: Value (für das Netz) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.",
  );
  expect(await group("web", "it's")).toMatch(/^InvalidParameterValue: Invalid security group description\./);
});

it("DHCP options name at most four servers, by address; ids that are none are malformed", async () => {
  const options = (Key: string, ...Values: string[]) =>
    failure(ec2("CreateDhcpOptions", { DhcpConfigurations: [{ Key, Values }] }));
  expect(await options("ntp-servers", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5")).toMatch(
    /^InvalidParameterValue/,
  );
  expect(await options("ntp-servers", "time.example.com")).toMatch(/^InvalidParameterValue/);
  expect(await options("domain-name-servers", "AmazonProvidedDNS")).toBe("no error");
  expect(await failure(ec2("DeleteDhcpOptions", { DhcpOptionsId: "foo" }))).toBe(
    'InvalidDhcpOptionsId.Malformed: Invalid id: "foo" (expecting "dopt-...")',
  );
});

it("associating an address again with where it is gives the same association", async () => {
  const { VpcId } = (await ec2("CreateVpc", { CidrBlock: "10.0.0.0/16" })).Vpc;
  const { InternetGatewayId } = (await ec2("CreateInternetGateway")).InternetGateway;
  await ec2("AttachInternetGateway", { InternetGatewayId, VpcId });
  const { SubnetId } = (await ec2("CreateSubnet", { VpcId, CidrBlock: "10.0.0.0/24" })).Subnet;
  const { NetworkInterfaceId } = (await ec2("CreateNetworkInterface", { SubnetId })).NetworkInterface;
  const { AllocationId } = await ec2("AllocateAddress");
  const first = await ec2("AssociateAddress", { AllocationId, NetworkInterfaceId });
  expect(await ec2("AssociateAddress", { AllocationId, NetworkInterfaceId })).toEqual(first);
});
