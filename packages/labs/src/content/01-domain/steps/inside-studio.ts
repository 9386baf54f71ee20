/** 1.7 to 1.11 and 1.15: what users can and cannot do from Studio, and what the network alone decides. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { arnOfRole, BANK, engineer, RESEARCH, scientist, scientistRole } from "../people.ts";

export const listParameters: Step = {
  id: "1.7",
  title: "Settings are read by name, not listed",
  text: `
**The idea.** The platform leaves its own facts (VPC, subnets, groups, endpoints, keys) in SSM parameters below
\`/sagekeep/workshop/\`, so that notebooks need no hard-coded ids. Users may read a parameter they can name. They may not
list the parameters of the account: the list tells where other teams keep their passwords.

**What it means.** \`ssm:DescribeParameters\` supports no resource: it is all or nothing, so it is nothing. Nobody denied it; it
was never allowed. That is an *implicit* denial, and the message says where an Allow is missing. From Studio two layers lack one,
and AWS names the last gate: "because no VPC endpoint policy allows". From outside the endpoint is out of the way and the
role's own policies are named: "because no identity-based policy allows".`,
  hint: "Compare the message with the one of step 1.9: one says that no policy allows the action, the other that a policy denies it.",
  experiments: () => [
    {
      what: "list the account's parameters",
      as: scientist,
      attempt: call("ssm", "DescribeParameters", {}),
      expect: "denied",
      code: "AccessDeniedException",
      by: "endpoint",
      why: "least privilege begins with not listing what one does not need to know",
    },
    {
      what: "the same from outside the VPC",
      as: scientist,
      from: "internet",
      attempt: call("ssm", "DescribeParameters", {}),
      expect: "denied",
      by: "identity",
      why: "without the endpoint the role's own policies are what lacks an Allow",
    },
  ],
};

export const noEndpointNoPath: Step = {
  id: "1.8",
  title: "No endpoint, no path",
  text: `
**The idea.** A private subnet without NAT reaches exactly the services that have a VPC endpoint in it. The scientist's
policy *allows* \`ec2:DescribeVpcEndpoints\`, and the call is not denied either: it never arrives. No endpoint for EC2
exists, the name resolves to a public address, and no route leads there.

**Why it matters.** Learn to tell the three endings apart, since each has another remedy:

| ending | who decided | remedy |
|---|---|---|
| an answer, or an error about the *request* | the service | fix the request |
| \`AccessDenied\` within milliseconds | a policy | find which: \`sagekeep explain\` |
| nothing, until the client gives up | routes, security groups, network ACLs | find the missing endpoint or rule |

On AWS the silence lasts as long as the client's patience: a minute and more for the AWS CLI (\`--cli-connect-timeout 5\`
shortens it). The local cloud closes such a connection after a second here, so that you need not wait.

**Also seen here.** A whole service without endpoint is a control of its own, and the coarsest: \`iam\` has no endpoint in
any VPC, so nobody changes IAM from this Studio whatever the policies say.`,
  hint: "`sagekeep explain user1-data-scientist ec2:DescribeVpcEndpoints` says that the policies allow it: the network is what is missing.",
  experiments: () => [
    {
      what: "describe VPC endpoints: allowed by policy, without a path",
      as: scientist,
      attempt: call("ec2", "DescribeVpcEndpoints", {}),
      expect: "timed-out",
      why: "there is no EC2 endpoint and no NAT: the packets go nowhere",
    },
    {
      what: "create an IAM user",
      as: scientist,
      attempt: call("iam", "CreateUser", { UserName: "backdoor" }),
      expect: "timed-out",
      why: "IAM has no endpoint inside VPCs at all",
    },
    {
      what: "ask who one is, through the sts endpoint",
      as: scientist,
      attempt: call("sts", "GetCallerIdentity", {}),
      expect: "allowed",
      why: "a service with an endpoint answers at once: the network is not simply broken",
    },
    {
      what: "describe VPC endpoints as the same role, from outside the VPC",
      as: scientist,
      from: "internet",
      attempt: call("ec2", "DescribeVpcEndpoints", {}),
      expect: "allowed",
      why: "the same credentials from elsewhere: the policy was never the obstacle, which is why lab 2 binds data to the network by policy too",
    },
  ],
};

export const deniedServices: Step = {
  id: "1.9",
  title: "Explicitly denied: profiles, domains, notebook instances",
  text: `
**The idea.** Some things no user of Studio may ever do, whatever somebody attaches to the role next year:

- make or delete **user profiles**: a new profile could carry a stronger execution role;
- change or delete a **domain**: with the default retention the home directories would stay, but nobody could reach them;
- anything about **notebook instances**: machines with network and identity of their own, outside the domain's settings.

A missing Allow would do today. An explicit **Deny** also does after the next mistake: no Allow overrides it.

**What to see.** Each call is denied by a statement with a name. The local cloud remembers why; the check compares the name.`,
  hint: "`DenyDomainChanges` and `DenyNotebookInstances` are in the persona's `limits` policy. The action pattern `sagemaker:*NotebookInstance*` covers every call of that family, also ones that do not exist yet.",
  async experiments(bench) {
    const DomainId = await bench.domainId(BANK);
    const RoleArn = arnOfRole(bench, scientistRole(bench));
    return [scientist, engineer].flatMap((as): Experiment[] => {
      const denied = (
        what: string,
        attempt: Experiment["attempt"],
        statement: string,
        why: string,
      ): Experiment => ({
        what: `${what} (${as.user})`,
        as,
        attempt,
        expect: "denied",
        by: "identity",
        statement,
        why,
      });
      const changes = "DenyDomainChanges";
      const instances = "DenyNotebookInstances";
      return [
        denied(
          "create a user profile",
          call("sagemaker", "CreateUserProfile", { DomainId, UserProfileName: "another-me" }),
          changes,
          "whoever makes profiles chooses their roles",
        ),
        denied(
          "delete the domain",
          call("sagemaker", "DeleteDomain", { DomainId }),
          changes,
          "the domain is everybody's",
        ),
        denied(
          "delete the own user profile",
          call("sagemaker", "DeleteUserProfile", { DomainId, UserProfileName: as.user }),
          changes,
          "profiles go when people go, by the administrator's hand",
        ),
        denied(
          "create a notebook instance",
          call("sagemaker", "CreateNotebookInstance", {
            NotebookInstanceName: "mine",
            InstanceType: "ml.t3.medium",
            RoleArn,
          }),
          instances,
          "it would have its own network, with direct internet access by default",
        ),
        denied(
          "list notebook instances",
          call("sagemaker", "ListNotebookInstances", {}),
          instances,
          "the pattern denies reading too: nothing to see is nothing to try",
        ),
        denied(
          "open a notebook instance",
          call("sagemaker", "CreatePresignedNotebookInstanceUrl", { NotebookInstanceName: "mine" }),
          instances,
          "also when somebody else made one",
        ),
      ];
    });
  },
};

export const describeDomain: Step = {
  id: "1.10",
  title: "Seeing one's own domain",
  text: `
**The idea.** Studio itself needs to describe its domain, its profile and its spaces: without it the start page stays
empty. The resource of the statement ends with the role's own tag, \`domain/\${aws:PrincipalTag/domain-id}\`, so one policy serves
every domain and opens only one.

**What to see.** Both users describe the domain they work in. The second domain of the account stays shut.`,
  hint: "Nothing to write. The domain's id is a tag on each role: `aws iam list-role-tags` shows it.",
  async experiments(bench) {
    const [own, other] = await Promise.all([bench.domainId(BANK), bench.domainId(RESEARCH)]);
    return [scientist, engineer].flatMap((as): Experiment[] => [
      {
        what: `describe the own domain (${as.user})`,
        as,
        attempt: call("sagemaker", "DescribeDomain", { DomainId: own }),
        expect: "allowed",
        why: "Studio needs it to start",
      },
      {
        what: `describe the other domain (${as.user})`,
        as,
        attempt: call("sagemaker", "DescribeDomain", { DomainId: other }),
        expect: "denied",
        by: "identity",
        why: "the resource holds the domain id of the role's own tag",
      },
    ]);
  },
};

export const serviceCatalog: Step = {
  id: "1.11",
  title: "Two personas: who sees the Service Catalog",
  text: `
**The idea.** A persona is a set of capabilities, not a person. The MLOps engineer starts project templates from Service
Catalog; the data scientist has no use for them. Same domain, same network, same endpoint, another role.

**What it means.** Where two users differ, the difference is one line in \`platform.yaml\`, and it can be tested: this
step is such a test.`,
  hint: "The capability is `service-catalog`; `sagekeep explain user1-data-scientist servicecatalog:SearchProducts` shows what is missing.",
  experiments: () => [
    {
      what: "search products as the data scientist",
      as: scientist,
      attempt: call("service-catalog", "SearchProducts", {}),
      expect: "denied",
      by: "identity",
      why: "the persona has no such capability",
    },
    {
      what: "search products as the MLOps engineer",
      as: engineer,
      attempt: call("service-catalog", "SearchProducts", {}),
      expect: "allowed",
      why: "the persona has it, and the VPC has an endpoint for it",
    },
  ],
};

const parameter = (bench: Bench, name: string) =>
  call("ssm", "GetParameter", { Name: `/sagekeep/${bench.platform}/${name}` });

export const readParameter: Step = {
  id: "1.15",
  title: "A parameter by name",
  text: `
**The idea.** Step 1.7 refused the list. Here is what users do instead: they read the parameter they need, by name, through
the VPC's \`ssm\` endpoint. Two policies have a say, and both must allow it: the role's, and the **endpoint's**, which admits
\`ssm:GetParameter*\` on this platform's parameters and nothing else.

**Why it matters.** An endpoint without a policy of its own allows everything to everybody: AWS's default document says
\`*\` three times. The next step changes the endpoint's policy and shows what that does.`,
  hint: "Nothing to write. The names below `/sagekeep/workshop/` are listed in the README of the platform and in the outputs of the stacks.",
  experiments: (bench) => [
    {
      what: "read the VPC's id",
      as: scientist,
      attempt: parameter(bench, "vpc-id"),
      expect: "allowed",
      why: "named by the role's policy and by the endpoint's",
    },
    {
      what: "read a parameter of somebody else",
      as: scientist,
      attempt: call("ssm", "GetParameter", { Name: "/payroll/database-password" }),
      expect: "denied",
      why: "denied before anybody looks whether it exists: the answer gives nothing away",
    },
  ],
};
