/** Questions of lab 2; each explanation points at the step that shows it. */
import type { Question } from "../../model.ts";

export const quiz: Question[] = [
  {
    question:
      "A denial has one condition block: Null says that sagemaker:VolumeKmsKeyArn is missing, and StringNotEquals that it is not our key. Which job does it refuse?",
    choices: [
      "one without a key and one with another key",
      "only one without a key",
      "only one with another key",
      "none",
    ],
    answer: 1,
    explanation:
      "Conditions of one block are ANDed. With another key the key is not missing, so the block does not hold. A negated operator alone covers both cases, because it also holds for a missing key (step 2.1).",
    step: "2.1",
  },
  {
    question:
      "A bucket has default encryption with your KMS key. What does a policy gain that denies uploads without an encryption header?",
    choices: [
      "it stops unencrypted objects",
      "it stops objects under other keys",
      "nothing, and ordinary uploads fail",
      "it is needed for TLS",
    ],
    answer: 2,
    explanation:
      "Without a header S3 uses the bucket's default, your key. What must be refused is a header that says something else: another algorithm, another key, a key of the client's own (step 2.2).",
    step: "2.2",
  },
  {
    question:
      "A key policy names one role and has no statement for the account (`:root`). Somebody has kms:* in an identity policy. Can they decrypt?",
    choices: [
      "yes, kms:* is enough",
      "no: without the delegation identity policies count for nothing on this key",
      "only through S3",
      "only with MFA",
    ],
    answer: 1,
    explanation:
      "KMS is the exception among services: in the same account too, the key's policy must allow, or delegate to identity policies. The guest of step 2.3 has kms:* and reads nothing.",
    step: "2.3",
  },
  {
    question: "Why must a denial on aws:SourceVpce in a key policy make an exception for aws:ViaAWSService?",
    choices: [
      "because KMS ignores endpoints",
      "because S3 asks KMS in the reader's name, and that request does not come through your endpoint",
      "because AWS services have no principal",
      "because endpoints cost money",
    ],
    answer: 1,
    explanation:
      "GetObject of an object under KMS makes S3 call kms:Decrypt with the reader's permissions, from S3's own network. Without the exception nobody reads an object any more, as the start of step 2.3 shows.",
    step: "2.3",
  },
  {
    question:
      "A role may do s3:* on everything. The S3 endpoint's policy allows two buckets. From where does `aws s3 ls` (all buckets) work?",
    choices: [
      "nowhere",
      "inside the VPC only",
      "outside of the VPC: the endpoint's policy governs only what passes through it",
      "everywhere",
    ],
    answer: 2,
    explanation:
      "An endpoint policy is a door, not a house. The same credentials outside meet no endpoint (last experiment of step 2.4); that is why the bucket needs a policy of its own (step 2.7).",
    step: "2.4",
  },
  {
    question:
      "A bucket policy exempts `arn:aws:sts::ACCOUNT:assumed-role/break-glass/*` by aws:PrincipalArn. Who gets in?",
    choices: [
      "every session of that role",
      "nobody: aws:PrincipalArn is the ARN of the role",
      "the root user",
      "everybody",
    ],
    answer: 1,
    explanation:
      "For a session aws:PrincipalArn holds arn:aws:iam::ACCOUNT:role/NAME. The exception never fits, and the emergency way is shut when it is needed: test it, as step 2.7 does.",
    step: "2.7",
  },
  {
    question: "Which exception lets public models through the S3 endpoint and nothing else?",
    choices: [
      "Allow s3:* on *",
      "Allow s3:GetObject on * where s3:ExistingObjectTag/SageMaker is true",
      "Allow s3:PutObject on * where s3:RequestObjectTag/SageMaker is true",
      "Allow s3:ListBucket on *",
    ],
    answer: 1,
    explanation:
      "Reading, of objects that already carry the tag. The tag of a request is the writer's own claim, and an exception for writing would be a way out (step 2.8).",
    step: "2.8",
  },
  {
    question:
      "An access point's policy allows s3:GetObject and s3:ListBucket on `…:accesspoint/NAME/object/*`. What does not work?",
    choices: ["reading", "listing", "both", "nothing"],
    answer: 1,
    explanation:
      "Listing is about the access point itself, `…:accesspoint/NAME`; objects behind it are `…/object/KEY` (step 2.9).",
    step: "2.9",
  },
  {
    question:
      "A policy lets a team use what carries its tag, and allows sagemaker:AddTags on everything. How is it broken?",
    choices: [
      "it is not",
      "by putting the own team's tag on another team's job, then using it",
      "by listing jobs",
      "by starting jobs without a tag",
    ],
    answer: 1,
    explanation:
      "Once tags decide about access, whoever may tag decides about access. AddTags and DeleteTags need the same fence as everything else, and the team's tag a stronger one (steps 2.13 and 02-02).",
    step: "2.13",
  },
  {
    question: "team-a must not see the names of team-b's training jobs. What helps?",
    choices: [
      "aws:ResourceTag on ListTrainingJobs",
      "a second domain",
      "a separate account",
      "a customer managed key",
    ],
    answer: 2,
    explanation:
      "Lists take no resource, so no tag condition can ever hold, and jobs live in the account, not in a domain. Only an account separates lists (step 2.14).",
    step: "2.14",
  },
  {
    question:
      "One execution role serves users of two domains. Which condition isolates the domains with one policy?",
    choices: [
      "aws:ResourceTag/sagemaker:domain-arn like …:domain/*",
      "aws:PrincipalTag/domain equals the resource's domain tag",
      "aws:ResourceTag/sagemaker:domain-arn equals …:domain/${sagemaker:DomainId}",
      "aws:SourceVpc",
    ],
    answer: 2,
    explanation:
      "The role and its tags are the same for both; only the session knows its domain. Outside of Studio the variable has no value and the condition does not hold (step 02-03).",
    step: "02-03",
  },
  {
    question: "Two colleagues share an execution role. Which tag tells their artifacts apart?",
    choices: [
      "team, from the role",
      "sagemaker:user-profile-arn, which SageMaker puts on what a Studio session makes",
      "sagemaker:domain-arn",
      "Name",
    ],
    answer: 1,
    explanation:
      "Tags of the role are the same for both, and so is the domain. The session's user profile differs, and SageMaker writes it on the resource (step 2.17).",
    step: "2.17",
  },
];
