/**
 * platform.yaml as one zod schema: the types, the defaults and the JSON Schema all come from here.
 *
 * Only what one value alone can tell is checked here; what needs two places of the file (references,
 * overlaps, lengths of composed names) is in `checks/`.
 */

import { z } from "zod";
import { CAPABILITIES, type Capability } from "./capabilities.ts";
import { ACCOUNT, INSTANCE_TYPE, type NameRule, REGION, SAGEMAKER_NAME, SLUG } from "./names.ts";

const named = (rule: NameRule, max: number) =>
  z
    .string()
    .max(max, { error: `at most ${max} characters` })
    .regex(rule.pattern, { error: rule.expected });
const slug = named(SLUG, 24);
const profileName = named(SAGEMAKER_NAME, 63);
const matching = (pattern: RegExp, expected: string) => z.string().regex(pattern, { error: expected });
const cidr = z.string().meta({ description: "IPv4 block in CIDR notation, 10.0.0.0/16" });
const arn = (service: string, expected: string) =>
  matching(new RegExp(`^arn:aws[a-z-]*:${service}:[^\\s]+$`), expected);
const roleArn = matching(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, "the ARN of an IAM role");
const principalArn = matching(
  /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/,
  "the ARN of an IAM role or user",
);
const on = (expected: string) => z.boolean({ error: expected }).meta({ description: expected });
const requirement = z.enum(["required", "optional"]);
const instanceType = matching(INSTANCE_TYPE.pattern, INSTANCE_TYPE.expected);
const tagText = matching(
  /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
  "letters, digits, spaces and _ . : / = + - @, at most 256",
);
const tags = z.record(
  matching(
    /^(?!aws:)(?!sagemaker:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
    "a tag key, not starting with `aws:` or `sagemaker:`",
  ),
  tagText,
);
const oneOrMany = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: "text, or a list of texts",
});
const conditionValue = z.union([oneOrMany, z.boolean(), z.number()]);
/** An IAM statement as written in JSON; `Version` is added. */
const statement = z
  .strictObject({
    Sid: matching(/^[A-Za-z0-9]{1,64}$/, "letters and digits").optional(),
    Effect: z.enum(["Allow", "Deny"]),
    Principal: z.union([z.literal("*"), z.record(z.string(), oneOrMany)]).optional(),
    Action: oneOrMany.optional(),
    NotAction: oneOrMany.optional(),
    Resource: oneOrMany.optional(),
    NotResource: oneOrMany.optional(),
    Condition: z.record(z.string(), z.record(z.string(), conditionValue)).optional(),
  })
  .meta({ description: "an IAM policy statement in AWS's own words" });

export const ENDPOINTS = [
  "sagemaker.api",
  "sagemaker.runtime",
  "studio",
  "s3",
  "sts",
  "logs",
  "kms",
  "ecr.api",
  "ecr.dkr",
  "monitoring",
  "ssm",
  "servicecatalog",
  "notebook",
  "experiments",
  "partner-app",
  "sagemaker.featurestore-runtime",
  "sagemaker.metrics",
  "elasticfilesystem",
  "secretsmanager",
  "codecommit",
  "git-codecommit",
  "codeartifact.api",
  "codeartifact.repositories",
  "athena",
  "glue",
  "ec2",
  "events",
  "lambda",
  "sqs",
  "sns",
  "states",
  "bedrock-runtime",
] as const;
export type EndpointName = (typeof ENDPOINTS)[number];

/** Days CloudWatch Logs can keep a log group (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const network = z.strictObject({
  cidr: cidr.optional().meta({ description: "address range of a new VPC" }),
  zones: z
    .union(
      [
        z.int().min(1).max(3),
        z
          .array(matching(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "an Availability Zone such as `us-east-1a`"))
          .min(1)
          .max(3),
      ],
      { error: "1 to 3, or a list of 1 to 3 Availability Zones" },
    )
    .default(2),
  subnets: z
    .array(cidr)
    .min(1)
    .max(3)
    .optional()
    .meta({ description: "own ranges of the private subnets, one a zone" }),
  publicSubnets: z.array(cidr).min(1).max(3).optional(),
  firewallSubnets: z.array(cidr).min(1).max(3).optional(),
  existing: z
    .strictObject({
      vpc: matching(/^vpc-[0-9a-f]{8,17}$/, "a VPC id such as `vpc-0123456789abcdef0`"),
      cidr,
      subnets: z
        .array(
          z.strictObject({
            id: matching(/^subnet-[0-9a-f]{8,17}$/, "a subnet id such as `subnet-0123456789abcdef0`"),
            zone: z.string(),
            cidr,
            routeTable: matching(/^rtb-[0-9a-f]{8,17}$/, "a route table id such as `rtb-0123456789abcdef0`"),
          }),
        )
        .min(1)
        .max(6),
      internetGateway: matching(/^igw-[0-9a-f]{8,17}$/, "an internet gateway id").optional(),
    })
    .optional()
    .meta({ description: "use this VPC and these private subnets instead of making new ones" }),
  internet: z
    .union(
      [
        z.enum(["none", "nat"]),
        z.strictObject({
          firewall: z.strictObject({
            allow: z
              .array(
                matching(/^\.?([a-z0-9-]+\.)+[a-z]{2,}$/i, "a domain name such as `pypi.org` or `.pypi.org`"),
              )
              .min(1),
          }),
        }),
      ],
      { error: "`none`, `nat`, or `{ firewall: { allow: [domains] } }`" },
    )
    .default("none"),
  endpoints: z
    .union(
      [
        z.enum(["studio", "none"]),
        z.strictObject({
          set: z.enum(["studio", "none"]).default("studio"),
          extra: z.array(z.enum(ENDPOINTS)).default([]),
          without: z.array(z.enum(ENDPOINTS)).default([]),
          policies: z.partialRecord(z.enum(ENDPOINTS), z.array(statement)).default({}),
        }),
      ],
      { error: "`studio`, `none`, or `{ set, extra, without, policies }`" },
    )
    .default("studio"),
  flowLogs: z.enum(["rejected", "all", "none"]).default("rejected"),
  flowLogDays: z
    .int()
    .refine((days) => RETENTION_DAYS.includes(days), { error: `one of ${RETENTION_DAYS.join(", ")}` })
    .default(90),
  capacity: z
    .strictObject({
      appsPerUser: z.int().min(1).max(16).default(1),
      jobInstancesPerUser: z.int().min(0).max(100).default(2),
    })
    .prefault({}),
});

const lifecycle = z.strictObject({
  app: z.enum(["JupyterLab", "CodeEditor"]).default("JupyterLab"),
  script: z.string().min(1).max(12_000),
});
const image = z.strictObject({
  image: arn("ecr", "the ARN of an ECR image").or(
    matching(/^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[^\s]+$/, "an ECR image URI"),
  ),
  app: z.enum(["JupyterLab", "CodeEditor"]).default("JupyterLab"),
  display: z.string().max(128).optional(),
});

const domain = z.strictObject({
  auth: z.enum(["IAM", "SSO"]).default("IAM"),
  sourceIdentity: on("whether calls carry the user profile's name as source identity").default(true),
  idleShutdown: z
    .int()
    .min(60)
    .max(525_600)
    .default(120)
    .meta({ description: "minutes an idle app keeps running" }),
  storage: z
    .strictObject({
      default: z.int().min(5).max(16_384).default(5),
      max: z.int().min(5).max(16_384).default(100),
    })
    .prefault({})
    .meta({ description: "space storage in GB" }),
  notebookSharing: on("whether notebook outputs may be shared").default(false),
  canvas: on("whether SageMaker Canvas is available").default(false),
  rstudio: on("whether RStudio is available").default(false),
  docker: on("whether Docker may be used in Studio").default(false),
  lifecycle: z.record(named(SLUG, 30), lifecycle).default({}),
  images: z.record(named(SLUG, 30), image).default({}),
  keepFiles: on("whether the EFS file system outlives the domain").default(true),
  tags: tags.default({}),
});

const user = z.strictObject({
  persona: z.string(),
  identity: z.string().max(256).optional().meta({
    description: "user name in IAM Identity Center, in SSO mode; the user's own name when left out",
  }),
  space: on("whether the user gets a private space of their own").default(false),
  instanceType: instanceType.optional(),
  tags: tags.default({}),
});

const team = z.strictObject({
  domain: z.string({ error: "the name of a domain of this file" }),
  users: z
    .record(profileName, z.union([z.string(), user], { error: "a persona, or `{ persona, … }`" }))
    .default({}),
  spaces: z
    .record(
      profileName,
      z.strictObject({ app: z.enum(["JupyterLab", "CodeEditor"]).default("JupyterLab"), owner: z.string() }),
    )
    .default({})
    .meta({ description: "shared spaces" }),
  groups: z.array(z.string()).default([]).meta({ description: "IAM Identity Center groups" }),
  tags: tags.default({}),
});

const data = z.strictObject({
  owner: z.string({ error: "the name of the team that owns the data" }),
  from: z.string().min(1).optional().meta({ description: "a local file or folder to upload" }),
  readers: z.array(z.string()).default([]),
  writers: z.array(z.string()).default([]),
  accessPoints: on("whether each team gets an access point of its own").default(true),
  versioning: on("whether overwritten and deleted objects are kept").default(true),
  expireNoncurrentDays: z.int().min(1).max(3650).default(90),
  tags: tags.default({}),
});

const controls = z.strictObject({
  instanceTypes: z
    .union([z.literal("any"), z.array(instanceType).min(1)], { error: "`any`, or a list of instance types" })
    .default("any"),
  jobs: z
    .strictObject({
      vpc: requirement.default("required"),
      volumeKey: requirement.default("required"),
      outputKey: requirement.default("optional"),
      trafficEncryption: requirement.default("required"),
      networkIsolation: requirement.default("optional"),
    })
    .prefault({}),
  isolation: z
    .strictObject({
      teams: on("whether teams see only what carries their tag").default(true),
      domains: on("whether domains reach only what carries their automatic tag").default(true),
      logs: on("whether log streams of other domains stay closed").default(true),
    })
    .prefault({}),
  perimeter: z
    .strictObject({
      data: on("whether data buckets answer only inside the platform's network").default(true),
      studio: on("whether Studio opens only through the VPC or the given addresses").default(true),
      sourceIps: z.array(cidr).default([]),
    })
    .prefault({}),
  keys: z.enum(["customer", "aws"]).default("customer"),
});

const exception = z.strictObject({
  control: z.enum([
    "instanceTypes",
    "vpc",
    "volumeKey",
    "outputKey",
    "trafficEncryption",
    "networkIsolation",
  ]),
  team: z.string(),
  persona: z.string().optional().meta({ description: "only this persona; the whole team otherwise" }),
  reason: z.string().min(10, { error: "a reason of at least 10 characters" }).max(500),
  expires: matching(/^\d{4}-\d{2}-\d{2}$/, "a date, YYYY-MM-DD"),
});

const capabilityNames = Object.keys(CAPABILITIES) as [Capability, ...Capability[]];
const persona = z.strictObject({
  extends: z.string().optional(),
  capabilities: z.array(z.enum(capabilityNames)).default([]),
  without: z.array(z.enum(capabilityNames)).default([]),
  statements: z.array(statement).default([]).meta({ description: "IAM statements added as they are" }),
});

export const platformSchema = z.strictObject({
  name: slug.meta({ description: "prefix of every role, bucket and stack" }),
  description: z.string().max(500).optional(),
  region: matching(REGION.pattern, REGION.expected),
  account: matching(ACCOUNT.pattern, ACCOUNT.expected).meta({
    description: "AWS account id, 12 digits in quotes",
  }),
  tags: tags.default({}),
  network: network.prefault({ cidr: "10.0.0.0/16" }),
  domains: z.record(
    named(SLUG, 30),
    domain.nullable().transform((value) => value ?? domain.parse({})),
  ),
  teams: z.record(named(SLUG, 30), team).default({}),
  personas: z.record(named(SLUG, 24), persona).default({}),
  data: z.record(named(SLUG, 30), data).default({}),
  defaultBucket: on("whether SageMaker's default bucket of the account belongs to this platform").default(
    true,
  ),
  controls: controls.prefault({}),
  exceptions: z.array(exception).default([]),
  access: z
    .strictObject({
      signIn: z
        .array(principalArn)
        .default([])
        .meta({ description: "who may sign users in to Studio (IAM mode)" }),
      keyAdministrators: z.array(roleArn).default([]),
      breakGlass: z
        .array(principalArn)
        .default([])
        .meta({ description: "who may take the break-glass role, with MFA" }),
    })
    .prefault({}),
  identityCenter: z
    .strictObject({
      instance: matching(
        /^arn:aws[a-z-]*:sso:::instance\/(sso)?ins-[a-zA-Z0-9-.]{16}$/,
        "the ARN of the Identity Center instance",
      ),
      groups: z
        .record(
          z.string(),
          matching(
            /^([0-9a-f]{10}-)?[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$/,
            "the id of a group",
          ),
        )
        .default({}),
    })
    .optional(),
  guardrails: z
    .strictObject({
      targets: z
        .array(
          matching(
            /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|\d{12})$/,
            "the id of a root, organizational unit or account",
          ),
        )
        .min(1),
      regions: z.array(matching(REGION.pattern, REGION.expected)).default([]),
    })
    .optional(),
  budget: z
    .strictObject({ monthly: z.number().positive(), notify: z.array(z.email()).default([]) })
    .optional()
    .meta({ description: "US dollars a month" }),
  guarantees: z
    .union([z.enum(["default", "none"]), z.array(z.string().min(1)).min(1)], {
      error: "`default`, `none`, or a list of guarantees",
    })
    .default("default"),
});

/** platform.yaml as it is written: everything with a default may be left out. */
export type PlatformInput = z.input<typeof platformSchema>;
/** platform.yaml with every default filled in. */
export type PlatformDocument = z.output<typeof platformSchema>;
export type StatementInput = z.output<typeof statement>;
