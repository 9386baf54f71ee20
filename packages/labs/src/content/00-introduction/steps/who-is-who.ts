/** 0.3: the same call as three people, and how a denial is read. */
import { call, type Step } from "../../../model.ts";

const identity = call("sts", "GetCallerIdentity", {});

export const whoIsWho: Step = {
  id: "0.3",
  title: "Who sends the request",
  text: `
**The idea.** What a notebook may do is decided by the *execution role* of the user profile, not by what the person may
do in the company. [The flow](#diagram-identity-flow) has three hand-overs: a sign-in role asks for a presigned URL, Studio
runs as the execution role, a job runs as the role that was passed to it. Each hand-over is a place to limit, and a place
to lose.

**Why it matters.** Most surprises in SageMaker accounts come from the second and third hand-over: one execution role for
everybody, or a job role that can do more than the person who starts the job.

**What to see.** The same question asked by the administrator and by two Studio users, with three different answers. Then a
denial, with the policy and the statement that decided: the last column of the table. \`sagekeep explain\` shows more about
it, and what would have to be different.`,
  hint: "Nothing to write. To see the answers and not only that they came, run the commands: `sagekeep call --user user2-mlops sts GetCallerIdentity`.",
  experiments: async (bench) => [
    {
      what: "ask who you are",
      as: "admin",
      attempt: identity,
      expect: "allowed",
      why: "an IAM user; nobody can take the right to ask this away",
    },
    {
      what: "ask who you are",
      as: { user: "user1-data-scientist" },
      attempt: identity,
      expect: "allowed",
      why: "a session of the role for data scientists of team-a, named SageMaker: the person's name is not in it (lab 3 changes that)",
    },
    {
      what: "ask who you are",
      as: { user: "user2-mlops" },
      attempt: identity,
      expect: "allowed",
      why: "another team, another persona, another role",
    },
    {
      what: "delete the domain",
      as: { user: "user1-data-scientist" },
      attempt: call("sagemaker", "DeleteDomain", { DomainId: await bench.domainId() }),
      expect: "denied",
      code: "AccessDeniedException",
      by: "identity",
      why: "an explicit denial: no other policy can allow it again",
    },
    {
      what: "list all parameters",
      as: { user: "user1-data-scientist" },
      attempt: call("ssm", "DescribeParameters", {}),
      expect: "denied",
      code: "AccessDeniedException",
      why: "nothing allows it, which is enough: what is not allowed is denied",
    },
  ],
};
