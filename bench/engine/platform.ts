/**
 * A SageMaker platform as an organisation runs it: two teams with an execution role each, boundary, organisation
 * policies on three levels, endpoint policies, a bucket and a key a team; and requests that end in every layer.
 */
import type { PolicyDocument, PolicyKind } from "@sagekeep/policy";
import type { Principal, Request } from "../../packages/engine/src/index.ts";

/** Organisation levels, from the root down. */
export type Levels = readonly { readonly level: string; readonly policies: readonly NamedPolicy[] }[];

export const account = "111122223333";
const region = "us-east-1";
const vpce = "vpce-0a1b2c3d4e5f60718";

export interface NamedPolicy {
  readonly name: string;
  readonly kind: PolicyKind;
  readonly document: PolicyDocument;
}

type Block = Record<string, Record<string, string | string[]>>;

function allow(
  sid: string,
  action: string | string[],
  resource: string | string[],
  condition?: Block,
  more = {},
) {
  return {
    Sid: sid,
    Effect: "Allow",
    ...more,
    Action: action,
    Resource: resource,
    ...(condition && { Condition: condition }),
  };
}

function deny(
  sid: string,
  action: string | string[],
  resource: string | string[],
  condition?: Block,
  more = {},
) {
  return { ...allow(sid, action, resource, condition, more), Effect: "Deny" };
}

function policy(name: string, kind: PolicyKind, ...statements: object[]): NamedPolicy {
  return {
    name,
    kind,
    document: { Version: "2012-10-17", Statement: statements } as unknown as PolicyDocument,
  };
}

const sm = (kind: string) => `arn:aws:sagemaker:*:${account}:${kind}`;
const everybody = { Principal: "*" };

export const identity = [
  policy(
    "StudioWork",
    "identity",
    allow(
      "Look",
      ["sagemaker:Describe*", "sagemaker:List*", "sagemaker:Search", "sagemaker:GetSearchSuggestions"],
      "*",
    ),
    allow("OwnApps", ["sagemaker:CreateApp", "sagemaker:DeleteApp"], sm("app/*/${aws:SourceIdentity}/*"), {
      "ForAllValues:StringEquals": { "sagemaker:InstanceTypes": ["system", "ml.t3.medium", "ml.m5.large"] },
    }),
    allow(
      "OwnSpaces",
      ["sagemaker:CreateSpace", "sagemaker:UpdateSpace", "sagemaker:DeleteSpace"],
      sm("space/*/*"),
      { ArnLike: { "sagemaker:OwnerUserProfileArn": sm("user-profile/*/${aws:SourceIdentity}") } },
    ),
    allow("OwnUrl", "sagemaker:CreatePresignedDomainUrl", sm("user-profile/*/${aws:SourceIdentity}")),
    allow("Tag", "sagemaker:AddTags", sm("*/*"), {
      StringEquals: { "sagemaker:TaggingAction": ["CreateApp", "CreateSpace", "CreateTrainingJob"] },
    }),
  ),
  policy(
    "Jobs",
    "identity",
    allow(
      "TrainInVpc",
      [
        "sagemaker:CreateTrainingJob",
        "sagemaker:CreateProcessingJob",
        "sagemaker:CreateHyperParameterTuningJob",
      ],
      [sm("training-job/*"), sm("processing-job/*"), sm("hyper-parameter-tuning-job/*")],
      {
        "ForAllValues:StringEquals": {
          "sagemaker:InstanceTypes": ["ml.m5.large", "ml.m5.xlarge"],
          "sagemaker:VpcSubnets": ["subnet-a", "subnet-b"],
        },
        Null: { "sagemaker:VpcSubnets": "false", "sagemaker:VolumeKmsKeyArn": "false" },
        StringEquals: { "aws:RequestTag/team": "${aws:PrincipalTag/team}" },
      },
    ),
    allow("Stop", ["sagemaker:Stop*", "sagemaker:Update*", "sagemaker:Delete*"], "*", {
      StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" },
    }),
    allow("Pass", "iam:PassRole", `arn:aws:iam::${account}:role/platform/\${aws:PrincipalTag/team}-jobs`, {
      StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" },
    }),
    deny("NoOpenJobs", ["sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob"], "*", {
      Null: { "sagemaker:VpcSubnets": "true" },
    }),
  ),
  policy(
    "Data",
    "identity",
    allow("Read", ["s3:GetObject", "s3:GetObjectTagging"], "arn:aws:s3:::bank-${aws:PrincipalTag/team}/*"),
    allow(
      "Write",
      ["s3:PutObject", "s3:DeleteObject"],
      "arn:aws:s3:::bank-${aws:PrincipalTag/team}/users/${aws:SourceIdentity}/*",
    ),
    allow("List", "s3:ListBucket", "arn:aws:s3:::bank-${aws:PrincipalTag/team}", {
      StringLike: { "s3:prefix": ["", "shared/*", "users/${aws:SourceIdentity}/*"] },
    }),
    allow(
      "Key",
      ["kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
      `arn:aws:kms:${region}:${account}:key/*`,
      {
        StringEquals: {
          "kms:ViaService": [`s3.${region}.amazonaws.com`, `sagemaker.${region}.amazonaws.com`],
        },
      },
    ),
    allow(
      "Logs",
      ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      `arn:aws:logs:*:${account}:log-group:/aws/sagemaker/*`,
    ),
    allow(
      "Images",
      ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      `arn:aws:ecr:*:${account}:repository/platform/*`,
    ),
    allow("Login", "ecr:GetAuthorizationToken", "*"),
  ),
];

export const boundary = [
  policy(
    "PlatformBoundary",
    "boundary",
    allow(
      "Services",
      [
        "sagemaker:*",
        "s3:*",
        "kms:*",
        "logs:*",
        "ecr:*",
        "cloudwatch:*",
        "sts:*",
        "iam:PassRole",
        "iam:GetRole",
      ],
      "*",
    ),
    deny("Guardrails", ["sagemaker:UpdateDomain", "sagemaker:DeleteDomain", "sagemaker:CreateDomain"], "*"),
  ),
];

const full = policy("FullAWSAccess", "scp", allow("All", "*", "*"));
export const scps: Levels = [
  {
    level: "root",
    policies: [full, policy("NoLeaving", "scp", deny("Leave", "organizations:LeaveOrganization", "*"))],
  },
  {
    level: "ou-ml",
    policies: [
      full,
      policy(
        "Regions",
        "scp",
        {
          Sid: "OnlyOurRegions",
          Effect: "Deny",
          NotAction: ["iam:*", "organizations:*", "sts:*", "support:*", "route53:*", "cloudfront:*"],
          Resource: "*",
          Condition: { StringNotEquals: { "aws:RequestedRegion": ["us-east-1", "eu-west-1"] } },
        },
        deny(
          "ProtectRoles",
          ["iam:DeleteRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"],
          `arn:aws:iam::*:role/platform/*`,
          { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/admin" } },
        ),
      ),
    ],
  },
  {
    level: account,
    policies: [
      full,
      policy(
        "NoPublicDomains",
        "scp",
        deny("VpcOnly", ["sagemaker:CreateDomain", "sagemaker:UpdateDomain"], "*", {
          StringNotEqualsIfExists: { "sagemaker:AppNetworkAccessType": "VpcOnly" },
        }),
      ),
    ],
  },
];

export const rcps: Levels = [
  {
    level: "root",
    policies: [
      policy(
        "DataPerimeter",
        "rcp",
        deny(
          "OnlyOurOrganization",
          ["s3:*", "kms:*", "sts:AssumeRole"],
          "*",
          {
            StringNotEqualsIfExists: { "aws:PrincipalOrgID": "o-example" },
            BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
          },
          everybody,
        ),
        deny("OnlyTls", "s3:*", "*", { Bool: { "aws:SecureTransport": "false" } }, everybody),
      ),
    ],
  },
];

export const endpoints = {
  s3: [
    policy(
      "S3Endpoint",
      "endpoint",
      allow(
        "OurBuckets",
        "s3:*",
        ["arn:aws:s3:::bank-*", "arn:aws:s3:::bank-*/*"],
        { StringEquals: { "aws:PrincipalAccount": account } },
        everybody,
      ),
    ),
  ],
  sagemaker: [
    policy(
      "ApiEndpoint",
      "endpoint",
      allow(
        "OurAccount",
        "sagemaker:*",
        "*",
        { StringEquals: { "aws:PrincipalAccount": account } },
        everybody,
      ),
    ),
  ],
};

export const bucket = policy(
  "bank-team-a",
  "bucket",
  deny(
    "OnlyFromOurEndpoint",
    "s3:*",
    ["arn:aws:s3:::bank-team-a", "arn:aws:s3:::bank-team-a/*"],
    {
      StringNotEquals: { "aws:SourceVpce": vpce },
      ArnNotLike: { "aws:PrincipalArn": `arn:aws:iam::${account}:role/admin` },
    },
    everybody,
  ),
  deny(
    "OnlyWithKey",
    "s3:PutObject",
    "arn:aws:s3:::bank-team-a/*",
    { StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption": "aws:kms" } },
    everybody,
  ),
  allow(
    "Team",
    ["s3:GetObject", "s3:ListBucket"],
    ["arn:aws:s3:::bank-team-a", "arn:aws:s3:::bank-team-a/*"],
    undefined,
    { Principal: { AWS: `arn:aws:iam::${account}:role/platform/team-a-studio` } },
  ),
);

export const key = policy(
  "bank-team-a-key",
  "key",
  allow("Delegate", "kms:*", "*", undefined, { Principal: { AWS: `arn:aws:iam::${account}:root` } }),
  deny(
    "OnlyTeam",
    ["kms:Decrypt", "kms:GenerateDataKey"],
    "*",
    { StringNotEquals: { "aws:PrincipalTag/team": "team-a" } },
    { Principal: { AWS: "*" } },
  ),
);

export const trust = policy("team-a-studio trust", "trust", {
  Effect: "Allow",
  Principal: { Service: "sagemaker.amazonaws.com" },
  Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
  Condition: { StringEquals: { "aws:SourceAccount": account } },
});

const session: Principal = {
  kind: "session",
  arn: `arn:aws:sts::${account}:assumed-role/team-a-studio/user1`,
  roleArn: `arn:aws:iam::${account}:role/platform/team-a-studio`,
  account,
  tags: { team: "team-a" },
  sourceIdentity: "user1",
};
const other: Principal = {
  kind: "session",
  arn: `arn:aws:sts::${account}:assumed-role/team-b-studio/user2`,
  roleArn: `arn:aws:iam::${account}:role/platform/team-b-studio`,
  account,
  tags: { team: "team-b" },
  sourceIdentity: "user2",
};
const service: Principal = { kind: "service", service: "sagemaker.amazonaws.com" };

/** Which resource policy and endpoint a request meets. */
export interface BenchRequest {
  readonly label: string;
  readonly request: Request;
  readonly resource?: "bucket" | "key" | "trust";
  readonly endpoint?: "s3" | "sagemaker";
}

function context(more: Record<string, string | string[]> = {}): Record<string, string | string[]> {
  return {
    "aws:SourceVpc": "vpc-0123456789abcdef0",
    "aws:SourceVpce": vpce,
    "aws:VpcSourceIp": "192.168.1.10",
    "aws:SecureTransport": "true",
    "aws:CurrentTime": "2026-11-23T12:00:00Z",
    "aws:EpochTime": "1795435200",
    "aws:RequestedRegion": region,
    "aws:PrincipalOrgID": "o-example",
    "aws:UserAgent": "aws-sdk-js/3",
    ...more,
  };
}

function ask(
  label: string,
  principal: Principal,
  action: string,
  arn: string,
  more: Record<string, string | string[]> = {},
  met: Pick<BenchRequest, "resource" | "endpoint"> = { endpoint: "sagemaker" },
): BenchRequest {
  return {
    label,
    request: { principal, action, resource: { arn, account }, context: context(more) },
    ...met,
  };
}

const on = (resource: string) => `arn:aws:sagemaker:${region}:${account}:${resource}`;
const s3 = { resource: "bucket", endpoint: "s3" } as const;
const job = {
  "aws:RequestTag/team": "team-a",
  "sagemaker:InstanceTypes": ["ml.m5.large"],
  "sagemaker:VpcSubnets": ["subnet-a"],
  "sagemaker:VpcSecurityGroupIds": ["sg-1"],
  "sagemaker:VolumeKmsKeyArn": `arn:aws:kms:${region}:${account}:key/k`,
};

export const requests: readonly BenchRequest[] = [
  ask("describe a domain", session, "sagemaker:DescribeDomain", on("domain/d-1")),
  ask("list profiles", session, "sagemaker:ListUserProfiles", "*"),
  ask("own app", session, "sagemaker:CreateApp", on("app/d-1/user1/JupyterLab/default"), {
    "sagemaker:InstanceTypes": ["ml.t3.medium"],
  }),
  ask("colleague's app", session, "sagemaker:CreateApp", on("app/d-1/user2/JupyterLab/default"), {
    "sagemaker:InstanceTypes": ["ml.t3.medium"],
  }),
  ask("app too large", session, "sagemaker:CreateApp", on("app/d-1/user1/JupyterLab/default"), {
    "sagemaker:InstanceTypes": ["ml.p4d.24xlarge"],
  }),
  ask("colleague's URL", session, "sagemaker:CreatePresignedDomainUrl", on("user-profile/d-1/user2")),
  ask("job in the VPC", session, "sagemaker:CreateTrainingJob", on("training-job/t"), job),
  ask("job outside", session, "sagemaker:CreateTrainingJob", on("training-job/t"), {
    "aws:RequestTag/team": "team-a",
  }),
  ask("own job stopped", session, "sagemaker:StopTrainingJob", on("training-job/t"), {
    "aws:ResourceTag/team": "team-a",
  }),
  ask("foreign job stopped", other, "sagemaker:StopTrainingJob", on("training-job/t"), {
    "aws:ResourceTag/team": "team-a",
  }),
  ask("domain opened (boundary)", session, "sagemaker:UpdateDomain", on("domain/d-1"), {
    "sagemaker:AppNetworkAccessType": "VpcOnly",
  }),
  ask("domain opened (SCP)", session, "sagemaker:UpdateDomain", on("domain/d-1"), {
    "sagemaker:AppNetworkAccessType": "PublicInternetOnly",
  }),
  ask(
    "other Region",
    session,
    "sagemaker:DescribeDomain",
    `arn:aws:sagemaker:ap-south-1:${account}:domain/d-1`,
    { "aws:RequestedRegion": "ap-south-1" },
  ),
  ask("read own data", session, "s3:GetObject", "arn:aws:s3:::bank-team-a/shared/full.csv", {}, s3),
  ask(
    "write own data",
    session,
    "s3:PutObject",
    "arn:aws:s3:::bank-team-a/users/user1/out.csv",
    { "s3:x-amz-server-side-encryption": "aws:kms" },
    s3,
  ),
  ask(
    "write without key",
    session,
    "s3:PutObject",
    "arn:aws:s3:::bank-team-a/users/user1/out.csv",
    { "s3:x-amz-server-side-encryption": "AES256" },
    s3,
  ),
  ask("read foreign data", other, "s3:GetObject", "arn:aws:s3:::bank-team-a/shared/full.csv", {}, s3),
  ask(
    "from elsewhere",
    session,
    "s3:GetObject",
    "arn:aws:s3:::bank-team-a/shared/full.csv",
    { "aws:SourceVpce": "vpce-other" },
    s3,
  ),
  ask(
    "foreign bucket through the endpoint",
    session,
    "s3:GetObject",
    "arn:aws:s3:::elsewhere/x",
    {},
    { endpoint: "s3" },
  ),
  ask(
    "outside the organisation (RCP)",
    session,
    "s3:GetObject",
    "arn:aws:s3:::bank-team-a/shared/full.csv",
    { "aws:PrincipalOrgID": "o-other" },
    s3,
  ),
  ask(
    "list own prefix",
    session,
    "s3:ListBucket",
    "arn:aws:s3:::bank-team-a",
    { "s3:prefix": "users/user1/" },
    s3,
  ),
  ask(
    "decrypt",
    session,
    "kms:Decrypt",
    `arn:aws:kms:${region}:${account}:key/k`,
    { "kms:ViaService": `s3.${region}.amazonaws.com` },
    { resource: "key" },
  ),
  ask(
    "decrypt by another team",
    other,
    "kms:Decrypt",
    `arn:aws:kms:${region}:${account}:key/k`,
    { "kms:ViaService": `s3.${region}.amazonaws.com` },
    { resource: "key" },
  ),
  ask(
    "pass own job role",
    session,
    "iam:PassRole",
    `arn:aws:iam::${account}:role/platform/team-a-jobs`,
    { "iam:PassedToService": "sagemaker.amazonaws.com" },
    {},
  ),
  ask(
    "pass a foreign role",
    session,
    "iam:PassRole",
    `arn:aws:iam::${account}:role/platform/team-b-jobs`,
    { "iam:PassedToService": "sagemaker.amazonaws.com" },
    {},
  ),
  ask(
    "delete the role",
    session,
    "iam:DeleteRole",
    `arn:aws:iam::${account}:role/platform/team-a-studio`,
    {},
    {},
  ),
  ask(
    "write logs",
    session,
    "logs:PutLogEvents",
    `arn:aws:logs:${region}:${account}:log-group:/aws/sagemaker/studio:log-stream:x`,
    {},
    {},
  ),
  ask("log in to ECR", session, "ecr:GetAuthorizationToken", "*", {}, {}),
  ask(
    "service assumes the role",
    service,
    "sts:AssumeRole",
    `arn:aws:iam::${account}:role/platform/team-a-studio`,
    { "aws:SourceAccount": account },
    { resource: "trust" },
  ),
  ask(
    "nobody's permission",
    session,
    "ec2:RunInstances",
    `arn:aws:ec2:${region}:${account}:instance/*`,
    {},
    {},
  ),
];
