/** Questions about the introduction. */
import type { Question } from "../../model.ts";

export const quiz: Question[] = [
  {
    question: "What decides what code in a Studio notebook may do?",
    choices: [
      "what the person who signed in may do",
      "the execution role of the user profile",
      "the domain's security group",
      "the permissions of the administrator who made the presigned URL",
    ],
    answer: 1,
    explanation:
      "Studio runs as the execution role. The person's own permissions only decide whether they get a presigned URL; the table of step 0.3 shows the role's name for each user.",
    step: "0.3",
  },
  {
    question:
      "A command in Studio hangs for a minute and ends with a connection time-out. Where do you look?",
    choices: [
      "in the execution role's policies",
      "in the bucket or key policy",
      "in routes, endpoints and security groups",
      "in CloudTrail, for the denied event",
    ],
    answer: 2,
    explanation:
      "A policy answers, and quickly. Silence means that the request never arrived: there is no event in the trail either, but the flow log may show the rejected packets.",
    step: "0.4",
  },
  {
    question: "What costs most on an idle platform of this kind on AWS?",
    choices: ["the domains", "the user profiles", "the interface endpoints", "the customer managed keys"],
    answer: 2,
    explanation:
      "Interface endpoints are paid by the hour for each service and zone, whether used or not. Domains and profiles are free, a key is about a dollar a month.",
    step: "0.2",
  },
  {
    question:
      "A policy has an explicit Deny for `sagemaker:*`, another one allows `sagemaker:DescribeDomain`. What happens?",
    choices: [
      "the more specific statement wins: allowed",
      "the newer policy wins",
      "denied",
      "it depends on which policy is attached first",
    ],
    answer: 2,
    explanation:
      "An explicit denial wins over every allow, in any policy of any layer, however specific. That is why the start of your first file broke more than it should.",
    step: "0.5",
  },
  {
    question: "Two teams must never see the names of each other's training jobs. What gives you that?",
    choices: [
      "a domain for each team in one account",
      "tags on jobs, and a condition on `aws:ResourceTag`",
      "an account for each team",
      "a VPC for each team",
    ],
    answer: 2,
    explanation:
      "`ListTrainingJobs` has no resource that a policy could name, so within one account it shows all jobs or none. Only accounts keep lists apart.",
    step: "0.6",
  },
  {
    question: "Why is the administrator of the labs an IAM user and not the root user?",
    choices: [
      "the root user cannot assume roles",
      "the root user may not call SageMaker",
      "the root user has no access keys on AWS",
      "policies do not apply to IAM users",
    ],
    answer: 0,
    explanation:
      "AWS lets no root user assume a role, and assuming roles is how people, Studio and jobs get their permissions. It is also a good habit: root has no place in daily work.",
    step: "0.1",
  },
];
