/** Questions of the clean-up; each explanation points at the step that shows it. */
import type { Question } from "../../model.ts";

export const quiz: Question[] = [
  {
    question: "A SageMaker domain was deleted with the default settings. What still costs money?",
    choices: [
      "Nothing: everything in a domain goes with it",
      "Its file system with the home directories, with a mount target in each subnet",
      "The execution roles of its profiles",
      "The two NFS security groups",
    ],
    answer: 1,
    explanation:
      "RetentionPolicy is Retain unless you say Delete: the file system stays and is paid by the GB. Roles and security groups cost nothing, but the groups and the mount targets' interfaces keep the VPC from going.",
    step: "4.6",
  },
  {
    question: "Why can neither of the two NFS security groups be deleted first?",
    choices: [
      "They are owned by SageMaker's account",
      "They are the VPC's default groups",
      "A rule of each names the other: the rules must be revoked first",
      "Security groups are deleted with the VPC only",
    ],
    answer: 2,
    explanation:
      "EC2 refuses to delete a group that a rule of another group names (DependencyViolation). Revoke the rules of both, then delete both.",
    step: "4.6",
  },
  {
    question:
      "The bucket policy denies reading from outside the VPC to everybody. How does destroying empty the bucket without opening it?",
    choices: [
      "It assumes the break-glass role for the whole clean-up",
      "It replaces the bucket's policy, which is not behind the perimeter, by one that denies reading and writing objects",
      "AdministratorAccess beats the bucket policy",
      "It asks AWS support",
    ],
    answer: 1,
    explanation:
      "Listing and deleting are then decided by the administrator's own policies, nobody can read or add an object meanwhile, and the perimeter's denial of listing is gone with the old policy.",
    step: "4.3",
  },
  {
    question: "`aws s3 ls` shows nothing, and DeleteBucket answers BucketNotEmpty. What is in the bucket?",
    choices: [
      "Objects of another account",
      "The bucket policy",
      "Older versions and delete markers, or unfinished uploads",
      "S3's own index, which is removed after a day",
    ],
    answer: 2,
    explanation:
      "A listing shows current versions. Deleting an object in a bucket with versions writes a marker over it; versions and markers go by their ids only, and unfinished multipart uploads must be aborted.",
    step: "4.4",
  },
  {
    question: "What shows best that a processing job is the platform's?",
    choices: [
      "Its name begins with the platform's",
      "It runs in the same Region",
      "It was created in the same week",
      "SageMaker's own tag names one of the platform's domains, or it runs under one of the platform's roles",
    ],
    answer: 3,
    explanation:
      "The tag sagemaker:domain-arn is put on by SageMaker, and a role can be passed only by those who are allowed to. Names are anybody's.",
    step: "4.2",
  },
  {
    question:
      "A key's deletion was scheduled by mistake five days ago, with a window of thirty days. What is lost?",
    choices: [
      "Nothing yet: the deletion can be cancelled, and the key enabled again",
      "Everything it encrypted",
      "What it encrypted in the last five days",
      "The key's policy",
    ],
    answer: 0,
    explanation:
      "A key that waits for its deletion can neither encrypt nor decrypt, but it is there until the last day. CancelKeyDeletion brings it back, disabled; EnableKey makes it work.",
    step: "4.7",
  },
  {
    question: "Why are schedules, pipelines and tuning jobs stopped before anything else?",
    choices: [
      "They are the most expensive",
      "They start other jobs: whatever was removed before would come back behind your back",
      "Their names are the longest",
      "CloudFormation demands it",
    ],
    answer: 1,
    explanation:
      "A monitoring schedule starts processing jobs, a tuning job starts training jobs. Stop the starters, then the jobs, then delete what they used.",
    step: "4.1",
  },
];
