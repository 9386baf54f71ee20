/** 1.1: what was deployed, looked at as an auditor would. */
import { call, type Step } from "../../../model.ts";
import { attemptTo, demand } from "../attempt-to.ts";
import { BANK, engineer, RESEARCH, scientist } from "../people.ts";

export const deploy: Step = {
  id: "1.1",
  title: "Look at what was deployed",
  text: `
**The idea.** Roles, network, keys, domain and profiles come from one file, \`platform.yaml\`, compiled to
CloudFormation and deployed by the same API that AWS offers. Nothing was clicked, so nothing is a secret of whoever
clicked it: a colleague can read, review and repeat it.

**Why it matters.** A SageMaker domain is easy to create and hard to change. Authentication mode and storage key are
fixed for its life; the network mode can be changed only while no app runs (older material says never). Decide these
four before the first user arrives:

| setting | here | because |
|---|---|---|
| authentication | IAM | users are roles of this account; Identity Center mode is step 1.23 |
| app network access | \`VpcOnly\` | every packet of Studio goes through our subnets and our security groups |
| storage key | our own | the home directories can be shut by disabling one key |
| notebook output sharing | off | shared output is a copy of data in a bucket nobody watches |

\`VpcOnly\` wants **private subnets**. An app's interface never gets a public address, so in a subnet whose route leads
straight to an internet gateway it would look connected and reach nothing.

**What to see.** The domain as AWS describes it, its profiles, and the values the stacks hand to whoever builds on them
(VPC, subnets, groups, endpoints, keys). Every later step uses these exports, never a copied id.`,
  hint: "Deploy with `sagekeep up` in the lab's folder if the domain is not found: a step can be played as soon as all stacks are complete.",
  async experiments(bench) {
    const DomainId = await bench.domainId(BANK);
    return [
      {
        what: "describe the domain and check the settings that cannot be changed later",
        as: "admin",
        attempt: attemptTo(call("sagemaker", "DescribeDomain", { DomainId }), async ({ admin }) => {
          const domain = await admin.call("sagemaker", "DescribeDomain", { DomainId });
          demand(domain.Status === "InService", `the domain is ${domain.Status}`);
          demand(domain.AuthMode === "IAM", `its authentication mode is ${domain.AuthMode}`);
          demand(
            domain.AppNetworkAccessType === "VpcOnly",
            `its apps use ${domain.AppNetworkAccessType}: they have a way out that is not ours`,
          );
          demand(domain.KmsKeyId !== undefined, "its storage has no key of ours");
          const sharing = domain.DefaultUserSettings?.SharingSettings?.NotebookOutputOption;
          demand(sharing === "Disabled", `sharing of notebook output is ${sharing}`);
          return `${domain.DomainName}: IAM, VpcOnly, storage encrypted with ${domain.KmsKeyId}`;
        }),
        expect: "allowed",
        why: "the settings that cannot be changed later are the first thing to verify",
      },
      {
        what: "find no route to the internet in the domain's subnets",
        as: "admin",
        attempt: attemptTo(call("ec2", "DescribeRouteTables", {}), async ({ admin }) => {
          const { SubnetIds = [] } = await admin.call("sagemaker", "DescribeDomain", { DomainId });
          const { RouteTables = [] } = await admin.call("ec2", "DescribeRouteTables", {
            Filters: [{ Name: "association.subnet-id", Values: SubnetIds }],
          });
          demand(RouteTables.length > 0, "the subnets use the VPC's main route table");
          const open = RouteTables.flatMap((one) => one.Routes ?? []).find((one) =>
            one.GatewayId?.startsWith("igw-"),
          );
          demand(open === undefined, `a route leads to ${open?.GatewayId}: the subnets are public`);
          return `${SubnetIds.join(", ")}: private`;
        }),
        expect: "allowed",
        why: "VpcOnly apps have no public address: they belong into private subnets",
      },
      {
        what: "list the user profiles",
        as: "admin",
        attempt: attemptTo(
          call("sagemaker", "ListUserProfiles", { DomainIdEquals: DomainId }),
          async (on) => {
            const input = { DomainIdEquals: DomainId };
            const { UserProfiles = [] } = await on.admin.call("sagemaker", "ListUserProfiles", input);
            const names = UserProfiles.map((one) => one.UserProfileName);
            for (const { user } of [scientist, engineer])
              demand(names.includes(user), `there is no profile ${user}, but ${names.join(", ")}`);
            return names.join(", ");
          },
        ),
        expect: "allowed",
        why: "a profile ties a person to an execution role: two people never share one",
      },
      {
        what: "describe the second domain",
        as: "admin",
        attempt: call("sagemaker", "DescribeDomain", { DomainId: await bench.domainId(RESEARCH) }),
        expect: "allowed",
        why: "one account may hold several domains (ten unless the quota is raised): labs 1 and 2 show how to keep them apart",
      },
      {
        what: "read what the stacks export",
        as: "admin",
        attempt: attemptTo(call("cloudformation", "ListExports", {}), async (on) => {
          const names = ["network:Vpc", "network:StudioGroup", "network:PrivateSubnet1", "keys:jobs"];
          return (await Promise.all(names.map((one) => on.exported(one)))).join(", ");
        }),
        expect: "allowed",
        why: "whatever builds on the platform takes ids from here: they differ in every account",
      },
    ];
  },
};
