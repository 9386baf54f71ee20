/** Trusted access of stack sets: switched on and off in the organization itself. */
import { expect, it } from "vitest";
import { startCloud } from "../../cloud.ts";

it("is the organization's trust in StackSets' principal", async () => {
  const cloud = await startCloud();
  const cfn = (operation: string) => cloud.call("cloudformation", operation, {});
  await expect(cfn("DescribeOrganizationsAccess")).rejects.toMatchObject({
    name: "InvalidOperationException",
  });
  await cloud.call("organizations", "CreateOrganization", { FeatureSet: "ALL" });
  expect(await cfn("DescribeOrganizationsAccess")).toEqual({ Status: "DISABLED" });
  expect(await cfn("ActivateOrganizationsAccess")).toEqual({});
  expect(await cfn("DescribeOrganizationsAccess")).toEqual({ Status: "ENABLED" });
  const { EnabledServicePrincipals } = await cloud.call(
    "organizations",
    "ListAWSServiceAccessForOrganization",
    {},
  );
  expect(EnabledServicePrincipals).toMatchObject([
    { ServicePrincipal: "member.org.stacksets.cloudformation.amazonaws.com" },
  ]);
  expect(await cfn("DeactivateOrganizationsAccess")).toEqual({});
  expect(await cfn("DescribeOrganizationsAccess")).toEqual({ Status: "DISABLED" });
  await cloud.close();
});
