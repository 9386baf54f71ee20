/** 0.5: the first file of the learner's own, to see how files are graded. */
import type { Bench } from "../../../bench.ts";
import { call, type Step } from "../../../model.ts";

const user = "user1-data-scientist";
const PolicyName = "sagekeep-lab-first-file";
const roleOf = (bench: Bench) => `${bench.platform}-team-a-data-scientist`;
const policy = (Action: string | string[]) => ({
  Version: "2012-10-17",
  Statement: [{ Sid: "NoListOfDomains", Effect: "Deny", Action, Resource: "*" }],
});

export const firstFile: Step = {
  id: "0.5",
  title: "A file of your own",
  text: `
**The idea.** Where a step has a file, you are graded by what your policy *does*, not by how it is written: any policy that
lets the right requests through and stops the others passes. There are always attempts of both kinds, because a policy that
forbids everything is easy to write, and useless.

**What to do.** \`policies/first-file.json\` is attached to the role of the data scientist. It should stop them from listing
all domains of the account, and it does. Run \`sagekeep lab check\` and see what else it stops. Then mend it.

**What to see.** For a wrong file the check shows the first request that reveals it, ready to run again. Your file stays in
force until the step ends, so you can try what you like. A file that is no JSON, or that AWS would not take, is refused
with line and column before anything is changed.

**What it means.** An explicit denial cannot be overruled, so a wide one hurts at once, and somewhere else than you look.`,
  hint: "`sagemaker:*` is everything the service can do. Name the one action: `sagemaker:ListDomains`.",
  task: {
    file: "first-file.json",
    goal: "The data scientist may not list the account's domains, and may still describe their own and list profiles.",
    start: policy("sagemaker:*"),
    solution: policy("sagemaker:ListDomains"),
    apply: async (bench, PolicyDocument) => {
      await bench.admin.call("iam", "PutRolePolicy", { RoleName: roleOf(bench), PolicyName, PolicyDocument });
    },
    remove: async (bench) => {
      await bench.admin.call("iam", "DeleteRolePolicy", { RoleName: roleOf(bench), PolicyName });
    },
  },
  experiments: async (bench) => [
    {
      what: "list the domains of the account",
      as: { user },
      attempt: call("sagemaker", "ListDomains", {}),
      expect: "denied",
      code: "AccessDeniedException",
      by: "identity",
      why: "names and ids of other domains are none of a data scientist's business",
    },
    {
      what: "describe the own domain",
      as: { user },
      attempt: call("sagemaker", "DescribeDomain", { DomainId: await bench.domainId() }),
      expect: "allowed",
      why: "Studio itself asks for it",
    },
    {
      what: "list training jobs",
      as: { user },
      attempt: call("sagemaker", "ListTrainingJobs", {}),
      expect: "allowed",
      why: "people have to work",
    },
  ],
};
