/** What is read before the first step of lab 2: where copies of data live, and how far apart tenants can be. */
import { dataLifecycle, keysAndDoors } from "./diagrams.ts";

export const introduction = `# Data protection and isolation

Lab 1 built a network with no way out and users with exact roles. This lab is about what all of it is for: the data. Three questions run through it.

1. **Is every copy encrypted with a key that we control?** (steps 2.1 to 2.3)
2. **Can data leave, or be read from outside?** (steps 2.4 to 2.9)
3. **Who inside sees whose work?** (steps 2.10 to 2.17)

You will write twelve policies. Each starts with a mistake that is found in the wild, and is graded by real requests: some must work, some must not.

## Where copies of data live

A data set in S3 is one copy. Working with it makes many:

${dataLifecycle}

| copy | where | encrypted with | who reads it | gone when |
|---|---|---|---|---|
| the data set | S3 bucket | the bucket's KMS key | bucket policy, role, key policy | deleted; older versions when they expire |
| SageMaker's default bucket | S3 \`sagemaker-REGION-ACCOUNT\` | the bucket's key | each team its folder | never by itself: give it a lifecycle rule |
| memory of a notebook or job | the instance | not at rest | whoever runs code there | the app or job ends |
| home directory (classic, shared) | EFS of the domain | the domain's key, at its creation | the user's POSIX id | *not* with the profile or the domain, unless you ask |
| volume of a space | EBS | the domain's key | the space's owner, or all of a shared space | the space is deleted |
| volume of a job | EBS or NVMe | \`VolumeKmsKeyId\` (2.1); NVMe by hardware | the container | the job ends |
| between containers of a job | network | \`EnableInterContainerTrafficEncryption\` | – | – |
| outputs and model artifacts | S3 | \`KmsKeyId\` of the output, or the bucket's key | as any object | deleted |
| checkpoints, spilled data, profiler output | S3 | the same; easily forgotten | as any object | deleted |
| logs | CloudWatch Logs | a key of the log group, if set | \`logs:GetLogEvents\` | retention, which is *never* by default |
| data capture of an endpoint | S3 | \`KmsKeyId\` of the capture | as any object: requests of real customers | deleted |
| volume of an endpoint | EBS | \`KmsKeyId\` of the endpoint's configuration | the container | the endpoint is deleted |
| notebook outputs that are shared | S3 of the domain's sharing settings | \`S3KmsKeyId\` | everybody who opens the share | deleted: the platform switches sharing off |
| notebooks in Git | your Git server | its own | its users: cells keep their outputs | never: strip outputs |
| Feature Store, offline | S3 and the Glue catalogue | \`S3StorageConfig.KmsKeyId\` | as any object | *not* with the feature group |
| Feature Store, online | a managed store | \`OnlineStoreConfig\` security | \`sagemaker:GetRecord\` | the feature group is deleted |
| Athena results | S3 result location of the workgroup | the workgroup's setting | as any object: a copy of each query's answer | lifecycle rule |
| Canvas, Data Wrangler | S3 and the space | the domain's key, the bucket's | the user; the bucket's readers | deleted |
| container images | ECR | the repository's key | repository policy | deleted: data in a layer stays in all tags |
| snapshots, backups, replicas | S3, EFS, AWS Backup | their own keys | their own policies | their own retention |

Two rules follow. **Enforce, do not ask**: whatever depends on a member of each request is forgotten sooner or later (2.1, 2.2). **Protect the place, not the copy**: most copies land in S3, so a bucket's default key, its policy and its lifecycle cover what nobody thought of.

## Keys and doors

${keysAndDoors}

## How far apart: accounts, domains, tags

| | an account each | a domain each | tags in one domain |
|---|---|---|---|
| jobs, models, endpoints of others | invisible | names visible (2.14), contents by policy (2.15) | names visible, contents by policy (2.12) |
| a mistake in a policy | stays in the account | may reach the other domain | may reach the other team |
| home directories | apart | apart | apart, one file system |
| network | apart | may share a VPC, or not | shared, a group for each profile at best |
| quotas | each its own | shared: one tenant can use them up | shared |
| costs | on the bill | tag \`sagemaker:domain-arn\` | cost allocation tags |
| administrators | each its own | by policy | the same |
| effort | a landing zone, accounts made by machine | a domain and its roles | one more value of a tag |
| suits | customers, production and development, regulated data | departments, projects with own rules | teams that know each other |

They combine: an account for production, a domain for a department, tags for its teams. AWS says it plainly: the account is the only boundary that isolates *all* resources.

## How the steps are played

Most policies of this lab are attached to **practice roles** and to buckets and keys made for one step (\`…-lab2-…\`), because the platform's own resources are protected already. Each step takes away what it has made; a key waits seven days for its deletion, as KMS has it.

*Where older material differs*: it uses \`sagemaker:VolumeKmsKey\` and \`OutputKmsKey\` (now \`…KeyArn\`), home directories on EFS for everything (spaces now have EBS volumes), JupyterServer apps (now JupyterLab in a space), and denies header-less uploads, which since 2023 are encrypted anyway.
`;
