/** 0.6: several accounts, several domains, or one. */
import { call, type Step } from "../../../model.ts";

export const tenancy: Step = {
  id: "0.6",
  title: "One domain, several, or several accounts",
  text: `
**The idea.** Teams can be kept apart by accounts, by domains in one account, or by roles and tags in one domain. The wall
gets thinner in this order, and cheaper.

| | an account a team | a domain a team | one domain, tags |
| --- | --- | --- | --- |
| wall | the account: nothing crosses it unless both sides allow | policies that name the domain, kept by you | policies that name a tag, kept by you |
| one mistake exposes | one team | teams of the account | all teams |
| quotas | each its own | shared | shared |
| keys, network, endpoints | each its own, each paid | may be shared | shared |
| lists (\`List*\` calls) | show the own only | show all domains' resources | show all teams' resources |
| guardrails (SCPs) | by account | for all | for all |
| choose it for | production, other companies' data, regulation | business units that trust one platform team | teams that share data anyway |

**In practice** it is both: an account for each business unit and stage (development, test, production), and within one
account a domain or tags for the teams. What the labs teach about one account holds in each of many; guardrails over all of
them come in [lab 3](#03-controls).

**What a domain does not do.** It is no wall by itself. A role that may describe *a* domain may describe all unless its
policy names one. SageMaker helps with tags that it puts on by itself (\`sagemaker:domain-arn\`,
\`sagemaker:user-profile-arn\`); lab 2 builds on them.

**What to see.** Two people called user1 in two domains, in one account. Each works; and both see the list of *all* jobs:
\`List*\` calls cannot be filtered by policy.`,
  hint: "Nothing to write. Note which of the four calls would give another answer if the two domains were two accounts.",
  experiments: async (bench) => [
    {
      what: "describe the own domain, bank",
      as: { user: "user1-data-scientist" },
      attempt: call("sagemaker", "DescribeDomain", { DomainId: await bench.domainId("bank") }),
      expect: "allowed",
      why: "it is theirs",
    },
    {
      what: "describe the own domain, research",
      as: { user: "user1" },
      attempt: call("sagemaker", "DescribeDomain", { DomainId: await bench.domainId("research") }),
      expect: "allowed",
      why: "the other domain, the same account",
    },
    {
      what: "list training jobs, in bank",
      as: { user: "user1-data-scientist" },
      attempt: call("sagemaker", "ListTrainingJobs", {}),
      expect: "allowed",
      why: "the list has jobs of all domains of the account: List actions know no resource to limit",
    },
    {
      what: "list training jobs, in research",
      as: { user: "user1" },
      attempt: call("sagemaker", "ListTrainingJobs", {}),
      expect: "allowed",
      why: "the same list; between two accounts it would be two",
    },
  ],
};
