/** Questions on lab 3. Each explanation points at the step that shows it. */
import type { Question } from "../../model.ts";

export const quiz: Question[] = [
  {
    question:
      "A policy allows CreateTrainingJob under the condition ForAllValues:StringEquals sagemaker:VpcSubnets = [our subnets]. Which job does it let through that it should not?",
    choices: [
      "A job in one of our subnets only",
      "A job with one of our subnets and a foreign one",
      "A job without any VPC configuration",
      "A job in a foreign subnet only",
    ],
    answer: 2,
    explanation:
      "ForAllValues is true when the key is missing: there is no value that could be wrong. Step 3.6 starts ten kinds of work this way. A denial on Null of the key closes it.",
    step: "3.6",
  },
  {
    question:
      "One Deny statement has the condition Null: { sagemaker:VpcSubnets: true, sagemaker:VpcSecurityGroupIds: true }. What does it deny?",
    choices: [
      "Requests where either is missing",
      "Only requests where both are missing",
      "Requests where neither is missing",
      "Nothing: Null takes one key",
    ],
    answer: 1,
    explanation:
      "Keys of one condition block are joined by AND. A notebook instance with a subnet and no group passes in step 3.7. Two statements make the OR.",
    step: "3.7",
  },
  {
    question: "Which operator belongs into a denial of jobs that use any subnet off the list?",
    choices: [
      "ForAllValues:StringNotEquals",
      "ForAnyValue:StringNotEquals",
      "StringNotEquals without a set operator",
      "ForAllValues:StringEquals",
    ],
    answer: 1,
    explanation:
      "ForAnyValue is true as soon as one value is off the list. With ForAllValues our subnet beside a foreign one makes the denial go away: step 3.8 starts such a job.",
    step: "3.8",
  },
  {
    question:
      "A role may call logs:GetLogEvents on its own domain's streams, and logs:FilterLogEvents on the group. What can it read?",
    choices: [
      "Its own domain's streams only",
      "Every stream of the group",
      "Nothing: the two contradict each other",
      "Only the streams' names",
    ],
    answer: 1,
    explanation:
      "IAM authorizes FilterLogEvents on the group, so no stream can be excepted. Step 3.2 searches all streams at once with the unsolved policy.",
    step: "3.2",
  },
  {
    question:
      "A policy allows reading …:log-stream:${aws:PrincipalTag/domain-id}/*. What may a role without that tag read?",
    choices: ["Every stream", "Streams whose name starts with a slash", "Nothing", "It depends on the group"],
    answer: 2,
    explanation:
      "A variable without a value makes the resource pattern match nothing. In an Allow that is the safe side; step 3.3 has a reader without the tag.",
    step: "3.3",
  },
  {
    question: "The domain asks for source identities, but Studio does not open any more. What is missing?",
    choices: [
      "sts:TagSession in the role's permissions",
      "sts:SetSourceIdentity in the role's trust policy",
      "A source identity in the user profile",
      "cloudtrail:PutEventSelectors for the administrator",
    ],
    answer: 1,
    explanation:
      "SageMaker sets the name while it assumes the role, and setting a name is a permission of the trust policy. Step 3.4 shows the refusal and the event with the name.",
    step: "3.4",
  },
  {
    question: "Why must the trust policy not let the account's administrators set a source identity?",
    choices: [
      "STS would charge for it",
      "They could act under a colleague's name, and the trail would be forged",
      "A source identity can be set once a day only",
      "CloudTrail hides events with two identities",
    ],
    answer: 1,
    explanation:
      "Whoever may choose the name chooses who is blamed. The last attempt of step 3.4 assumes the role under a colleague's name and must be denied.",
    step: "3.4",
  },
  {
    question: "When can ExecutionRoleIdentityConfig of a domain be changed?",
    choices: [
      "At any time",
      "Only when the domain is made",
      "When no app of the domain is InService or Pending",
      "When no user profile exists",
    ],
    answer: 2,
    explanation:
      "Running apps hold sessions with or without the name. SageMaker answers with a ValidationException until the last app is gone: step 3.5.",
    step: "3.5",
  },
  {
    question:
      "A service control policy of your organization denies public domains. In which account can one still be made?",
    choices: [
      "In none",
      "In any, by its root user",
      "In the management account",
      "In any, by roles with AdministratorAccess",
    ],
    answer: 2,
    explanation:
      "SCPs bind every principal of member accounts, root users and administrators included, but never the management account. Step 3.12 plays the member's administrator.",
    step: "3.12",
  },
  {
    question:
      "A guardrail denies UpdateDomain when StringNotEquals sagemaker:AppNetworkAccessType = VpcOnly. What goes wrong?",
    choices: [
      "Nothing",
      "Public domains can still be made by UpdateDomain",
      "Every update that does not mention the network is denied too",
      "It only works for domains without users",
    ],
    answer: 2,
    explanation:
      "A negated operator is true for a missing key. Step 3.12 changes another setting of a domain, which must pass; a second condition, Null = false, limits the denial to requests that name the network.",
    step: "3.12",
  },
  {
    question: "A bucket's access log stays empty although logging is switched on. What is the likely cause?",
    choices: [
      "Nobody has read the bucket for an hour",
      "The log bucket's policy does not let logging.s3.amazonaws.com write",
      "The readers lack s3:PutObject on the log bucket",
      "CloudTrail is switched off",
    ],
    answer: 1,
    explanation:
      "The service needs the log bucket's own policy, and nothing warns when it is not let in: the log is lost. Step 3.13 starts that way.",
    step: "3.13",
  },
  {
    question: "Why must a denial on a missing sagemaker:VpcSubnets not name CreateTransformJob?",
    choices: [
      "Transform jobs always run in the VPC of the domain",
      "The action does not support the key, so it is always missing and every transform job would be denied",
      "Transform jobs read no data",
      "The action is authorized on the model only",
    ],
    answer: 1,
    explanation:
      "A transform job takes its network from its model. Step 3.6 checks that your policy leaves it alone; AWS's Service Authorization Reference says which action has which key.",
    step: "3.6",
  },
];
