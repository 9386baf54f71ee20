/** Trusted services and delegated administrators; errors as moto's tests/test_organizations tells them of AWS. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

const MANAGEMENT = "111122223333";
let cloud: Cloud;
let account: string;
beforeAll(async () => {
  cloud = await startCloud({ account: MANAGEMENT });
  await organizations("CreateOrganization");
  const { CreateAccountStatus } = await organizations("CreateAccount", {
    AccountName: "member",
    Email: "member@example.com",
  });
  const status = await organizations("DescribeCreateAccountStatus", {
    CreateAccountRequestId: CreateAccountStatus.Id,
  });
  account = status.CreateAccountStatus.AccountId;
});
afterAll(() => cloud.close());
const organizations = (operation: string, input: object = {}) =>
  cloud.call("organizations", operation, input);
const failure = async (promise: Promise<unknown>) => {
  const error = (await promise.then(
    () => {
      throw new Error("expected a failure");
    },
    (one) => one,
  )) as { code: string; message: string };
  return `${error.code}: ${error.message}`;
};
const UNKNOWN = "InvalidInputException: You specified an unrecognized service principal.";

it.each([
  "config.amazonaws.com",
  "member.org.stacksets.cloudformation.amazonaws.com",
  "reporting.trustedadvisor.amazonaws.com",
  "storage-lens.s3.amazonaws.com",
  "config-multiaccountsetup.amazonaws.com",
])("%s can be trusted", async (ServicePrincipal) => {
  await organizations("EnableAWSServiceAccess", { ServicePrincipal });
  const { EnabledServicePrincipals } = await organizations("ListAWSServiceAccessForOrganization");
  expect(EnabledServicePrincipals.map((one: { ServicePrincipal: string }) => one.ServicePrincipal)).toContain(
    ServicePrincipal,
  );
  await organizations("DisableAWSServiceAccess", { ServicePrincipal });
});

it("what is no service cannot", async () => {
  const ServicePrincipal = "nonsense.amazonaws.com";
  expect(await failure(organizations("EnableAWSServiceAccess", { ServicePrincipal }))).toBe(UNKNOWN);
  expect(await failure(organizations("DisableAWSServiceAccess", { ServicePrincipal }))).toBe(UNKNOWN);
  const wanted = { AccountId: account, ServicePrincipal };
  expect(await failure(organizations("RegisterDelegatedAdministrator", wanted))).toBe(UNKNOWN);
  expect(await failure(organizations("ListDelegatedAdministrators", { ServicePrincipal }))).toBe(UNKNOWN);
});

it("accounts that administer nothing have no services", async () => {
  const list = (AccountId: string) => organizations("ListDelegatedServicesForAccount", { AccountId });
  const none =
    "AccountNotRegisteredException: The provided account is not a registered delegated administrator for your organization.";
  expect(await failure(list(account))).toBe(none);
  expect(await failure(list(MANAGEMENT))).toBe(none);
  expect(await failure(list("999999999999"))).toBe(
    "AWSOrganizationsNotInUseException: Your account is not a member of an organization.",
  );
  const leave = (AccountId: string, service: string) =>
    organizations("DeregisterDelegatedAdministrator", {
      AccountId,
      ServicePrincipal: `${service}.amazonaws.com`,
    });
  expect(await failure(leave(account, "ssm"))).toBe(none);
  expect(await failure(leave("999999999999", "ssm"))).toMatch(/^AccountNotFoundException/);
  expect(await failure(leave(MANAGEMENT, "ssm"))).toMatch(/^ConstraintViolationException/);
  await organizations("RegisterDelegatedAdministrator", {
    AccountId: account,
    ServicePrincipal: "ssm.amazonaws.com",
  });
  expect(await failure(leave(account, "guardduty"))).toBe(UNKNOWN);
  expect((await list(account)).DelegatedServices).toMatchObject([{ ServicePrincipal: "ssm.amazonaws.com" }]);
  await leave(account, "ssm");
});
