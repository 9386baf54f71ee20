/**
 * A member account to bind: service control policies never bind the management account. On the local cloud the step
 * makes an organization with one member and takes it apart again. On AWS an account cannot be unmade like that, so
 * the learner names one that may be experimented with.
 */
import type { Bench } from "../../../bench.ts";
import { until } from "../waiting.ts";

const EMAIL = "sagekeep-lab3@example.com";
const MARK = { Key: "sagekeep:lab", Value: "03-controls" };
/** Environment variable that names the sandbox account on AWS. */
export const SANDBOX = "SAGEKEEP_LAB_MEMBER_ACCOUNT";

const nameOf = (error: unknown) => (error as Error).name;

async function rootId({ admin }: Bench): Promise<string> {
  const { Roots } = await admin.call("organizations", "ListRoots", {});
  return Roots?.[0]?.Id ?? "";
}

/** Makes sure there are an organization with service control policies, and a member account. */
export async function openOrganization(bench: Bench): Promise<void> {
  const { admin } = bench;
  if (!bench.isLocal) {
    await memberAccount(bench);
    return;
  }
  const had = await admin.call("organizations", "DescribeOrganization", {}).catch((error: unknown) => {
    if (nameOf(error) !== "AWSOrganizationsNotInUseException") throw error;
  });
  if (!had) await admin.call("organizations", "CreateOrganization", { FeatureSet: "ALL" });
  const RootId = await rootId(bench);
  if (!had) await admin.call("organizations", "TagResource", { ResourceId: RootId, Tags: [MARK] });
  await admin
    .call("organizations", "EnablePolicyType", { RootId, PolicyType: "SERVICE_CONTROL_POLICY" })
    .catch((error: unknown) => {
      if (nameOf(error) !== "PolicyTypeAlreadyEnabledException") throw error;
    });
  if (await findMember(bench)) return;
  const { CreateAccountStatus } = await admin.call("organizations", "CreateAccount", {
    AccountName: "sagekeep-lab3-member",
    Email: EMAIL,
  });
  await until(bench, "the member account", async () => {
    const answer = await admin.call("organizations", "DescribeCreateAccountStatus", {
      CreateAccountRequestId: CreateAccountStatus?.Id,
    });
    const { State, FailureReason } = answer.CreateAccountStatus ?? {};
    if (State === "FAILED") throw new Error(`no member account could be made: ${FailureReason}`);
    return State === "SUCCEEDED";
  });
}

async function findMember({ admin }: Bench): Promise<string | undefined> {
  const { Accounts } = await admin.call("organizations", "ListAccounts", {});
  return Accounts?.find((one) => one.Email === EMAIL && one.Status === "ACTIVE")?.Id;
}

/** The member's id. @throws Error when there is none to experiment with */
export async function memberAccount(bench: Bench): Promise<string> {
  const id = bench.isLocal ? await findMember(bench) : process.env[SANDBOX];
  if (id) return id;
  throw new Error(
    bench.isLocal
      ? "there is no member account: prepare the step first"
      : `name a sandbox account of your organization, to which nothing else is attached, in ${SANDBOX}`,
  );
}

/** Role of the member account that its management account may assume. */
export async function memberAdmin(bench: Bench): Promise<{ role: string }> {
  return { role: `arn:aws:iam::${await memberAccount(bench)}:role/OrganizationAccountAccessRole` };
}

/** Takes apart what `openOrganization` made, and nothing that was there before. */
export async function closeOrganization(bench: Bench): Promise<void> {
  const { admin } = bench;
  bench.forgetAll();
  if (!bench.isLocal) return;
  const had = await admin.call("organizations", "DescribeOrganization", {}).catch((error: unknown) => {
    if (nameOf(error) !== "AWSOrganizationsNotInUseException") throw error;
  });
  if (!had) return;
  const AccountId = await findMember(bench);
  if (AccountId) await admin.call("organizations", "RemoveAccountFromOrganization", { AccountId });
  const { Tags } = await admin.call("organizations", "ListTagsForResource", {
    ResourceId: await rootId(bench),
  });
  if (Tags?.some((one) => one.Key === MARK.Key && one.Value === MARK.Value))
    await admin.call("organizations", "DeleteOrganization", {});
}

const POLICY = "sagekeep-lab3-guardrails";

async function findPolicy({ admin }: Bench): Promise<string | undefined> {
  const { Policies } = await admin.call("organizations", "ListPolicies", {
    Filter: "SERVICE_CONTROL_POLICY",
  });
  return Policies?.find((one) => one.Name === POLICY)?.Id;
}

/** Puts the guardrails on the member account. */
export async function attachGuardrails(bench: Bench, Content: string): Promise<void> {
  await detachGuardrails(bench);
  const { Policy } = await bench.admin.call("organizations", "CreatePolicy", {
    Name: POLICY,
    Description: "sagekeep lab 3: the learner's guardrails",
    Type: "SERVICE_CONTROL_POLICY",
    Content,
  });
  await bench.admin.call("organizations", "AttachPolicy", {
    PolicyId: Policy?.PolicySummary?.Id,
    TargetId: await memberAccount(bench),
  });
}

export async function detachGuardrails(bench: Bench): Promise<void> {
  const PolicyId = await findPolicy(bench);
  if (!PolicyId) return;
  const { Targets } = await bench.admin.call("organizations", "ListTargetsForPolicy", { PolicyId });
  for (const { TargetId } of Targets ?? [])
    await bench.admin.call("organizations", "DetachPolicy", { PolicyId, TargetId });
  await bench.admin.call("organizations", "DeletePolicy", { PolicyId });
}
