import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

it("enables a device for its user, and deactivates it with the stack", async () => {
  const template = (users: string[]) =>
    JSON.stringify({
      Resources: {
        User: { Type: "AWS::IAM::User", Properties: { UserName: "careful" } },
        Device: {
          Type: "AWS::IAM::VirtualMFADevice",
          Properties: { VirtualMfaDeviceName: "phone", Users: users.map(() => ({ Ref: "User" })) },
        },
      },
      Outputs: { Serial: { Value: { "Fn::GetAtt": ["Device", "SerialNumber"] } } },
    });
  const Capabilities = ["CAPABILITY_NAMED_IAM"];
  const StackName = "devices";
  const cfn = (operation: string, TemplateBody?: string) =>
    cloud.call("cloudformation", operation, { StackName, TemplateBody, Capabilities });
  const devices = async () => (await cloud.call("iam", "ListMFADevices", { UserName: "careful" })).MFADevices;
  await cfn("CreateStack", template(["careful"]));
  const SerialNumber = `arn:aws:iam::${cloud.account}:mfa/phone`;
  const [stack] = (await cfn("DescribeStacks")).Stacks;
  expect(stack.Outputs).toMatchObject([{ OutputValue: SerialNumber }]);
  expect(await devices()).toMatchObject([{ UserName: "careful", SerialNumber }]);
  await cfn("UpdateStack", template([]));
  expect(await devices()).toEqual([]);
  await cfn("UpdateStack", template(["careful"]));
  expect((await cfn("DescribeStacks")).Stacks[0].StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
  await cfn("DeleteStack");
  await cfn("CreateStack", template(["careful"]));
  await cfn("DeleteStack");
  const { VirtualMFADevices } = await cloud.call("iam", "ListVirtualMFADevices");
  expect(VirtualMFADevices).toEqual([]);
});
