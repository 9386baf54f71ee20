/** Requests with the policies they meet: of the hand-made platform, and of the reference platform's templates. */
import type { Principal, Request } from "../../packages/engine/src/index.ts";
import * as platform from "./platform.ts";
import { type ReferencePlatform, readReferencePlatform } from "./reference-platform.ts";

/** One request and every policy that bears on it, not yet compiled; organisation policies are the same for all. */
export interface MixedRequest {
  readonly label: string;
  readonly request: Request;
  readonly identity: readonly platform.NamedPolicy[];
  readonly boundary: readonly platform.NamedPolicy[];
  readonly resource: platform.NamedPolicy | undefined;
  readonly endpoint: readonly platform.NamedPolicy[] | undefined;
}

/** The hand-made platform: every layer decides at least once. */
export function* handMadeMix(): Generator<MixedRequest> {
  const { identity, boundary, bucket, key, trust } = platform;
  const resources = { bucket, key, trust };
  for (const { label, request, resource, endpoint } of platform.requests) {
    yield {
      label,
      request,
      identity,
      boundary,
      resource: resource && resources[resource],
      endpoint: endpoint && platform.endpoints[endpoint],
    };
  }
}

const account = "111122223333";
const bucket = `bank-marketing-marketing-${account}-us-east-1`;
const shared = `sagemaker-us-east-1-${account}`;
const none: readonly platform.NamedPolicy[] = [];

type Context = Record<string, string | string[]>;
type Asked = readonly [
  action: string,
  resource: string,
  met?: { endpoint?: string; bucket?: string; key?: string },
  context?: Context,
];

const sm = (resource: string): string => `arn:aws:sagemaker:us-east-1:${account}:${resource}`;
const key = (name: string): string => `arn:aws:kms:us-east-1:${account}:key/${name}`;
const api = { endpoint: "sagemaker.api" };
const data = { endpoint: "s3", bucket };
const folder = { endpoint: "s3", bucket: shared };

function asked(user: string, team: string, persona: string): Asked[] {
  const job: Context = {
    "sagemaker:InstanceTypes": ["ml.m5.large"],
    "sagemaker:VpcSubnets": ["subnet-1"],
    "sagemaker:VpcSecurityGroupIds": ["sg-1"],
    "sagemaker:VolumeKmsKeyArn": key("jobs"),
    "sagemaker:OutputKmsKeyArn": key("data"),
    "sagemaker:InterContainerTrafficEncryption": "true",
    "sagemaker:NetworkIsolation": "true",
    "aws:RequestTag/team": team,
    "aws:TagKeys": ["team"],
  };
  return [
    ["sagemaker:ListUserProfiles", "*", api],
    ["sagemaker:DescribeDomain", sm("domain/d-1"), api],
    ["sagemaker:DescribeUserProfile", sm(`user-profile/d-1/${user}`), api],
    [
      "sagemaker:CreateApp",
      sm(`app/d-1/${user}/JupyterLab/default`),
      api,
      { "sagemaker:InstanceTypes": ["ml.t3.medium"] },
    ],
    [
      "sagemaker:CreateApp",
      sm("app/d-1/somebody/JupyterLab/default"),
      api,
      { "sagemaker:InstanceTypes": ["ml.t3.medium"] },
    ],
    ["sagemaker:CreatePresignedDomainUrl", sm("user-profile/d-1/somebody"), api],
    ["sagemaker:CreateTrainingJob", sm("training-job/t"), api, job],
    ["sagemaker:CreateTrainingJob", sm("training-job/t"), api, { "aws:RequestTag/team": team }],
    ["sagemaker:CreateProcessingJob", sm("processing-job/p"), api, job],
    ["sagemaker:StopTrainingJob", sm("training-job/t"), api, { "aws:ResourceTag/team": team }],
    ["sagemaker:StopTrainingJob", sm("training-job/t"), api, { "aws:ResourceTag/team": "another" }],
    [
      "sagemaker:UpdateDomain",
      sm("domain/d-1"),
      api,
      { "sagemaker:AppNetworkAccessType": "PublicInternetOnly" },
    ],
    ["s3:GetObject", `arn:aws:s3:::${bucket}/full.csv`, data],
    ["s3:GetObject", `arn:aws:s3:::${bucket}/full.csv`, data, { "aws:SourceVpc": "vpc-other" }],
    ["s3:PutObject", `arn:aws:s3:::${bucket}/x.csv`, data, { "s3:x-amz-server-side-encryption": "AES256" }],
    ["s3:GetObject", `arn:aws:s3:::${shared}/${team}/x.csv`, folder],
    ["s3:PutObject", `arn:aws:s3:::${shared}/${team}/x.csv`, folder],
    ["s3:GetObject", `arn:aws:s3:::${shared}/another/x.csv`, folder],
    ["s3:ListBucket", `arn:aws:s3:::${shared}`, folder, { "s3:prefix": `${team}/` }],
    ["s3:GetObject", "arn:aws:s3:::elsewhere/x", { endpoint: "s3" }],
    [
      "kms:Decrypt",
      key("data"),
      { endpoint: "kms", key: "DataKey" },
      { "kms:ViaService": "s3.us-east-1.amazonaws.com" },
    ],
    ["kms:Decrypt", key("data"), { endpoint: "kms", key: "DataKey" }],
    [
      "iam:PassRole",
      `arn:aws:iam::${account}:role/bank-marketing-${team}-training-job`,
      {},
      { "iam:PassedToService": "sagemaker.amazonaws.com" },
    ],
    [
      "iam:PassRole",
      `arn:aws:iam::${account}:role/bank-marketing-another-training-job`,
      {},
      { "iam:PassedToService": "sagemaker.amazonaws.com" },
    ],
    [
      "logs:GetLogEvents",
      `arn:aws:logs:us-east-1:${account}:log-group:/aws/sagemaker/TrainingJobs:log-stream:t`,
      { endpoint: "logs" },
    ],
    ["ec2:RunInstances", `arn:aws:ec2:us-east-1:${account}:instance/*`],
    ["sts:AssumeRole", `arn:aws:iam::${account}:role/bank-marketing-${team}-${persona}`],
  ];
}

function* personMix(
  of: ReferencePlatform,
  user: string,
  team: string,
  persona: string,
): Generator<MixedRequest> {
  const name = `bank-marketing-${team}-${persona}`;
  const role = of.roles.get(name);
  if (role === undefined) throw new Error(`the reference platform has no role ${name}`);
  const principal: Principal = {
    kind: "session",
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${user}`,
    roleArn: `arn:aws:iam::${account}:role/${name}`,
    account,
    tags: role.tags,
    sourceIdentity: user,
  };
  for (const [action, resource, met = {}, more = {}] of asked(user, team, persona)) {
    const context = {
      "aws:SourceVpc": "vpc-1",
      "aws:SourceVpce": "vpce-1",
      "aws:VpcSourceIp": "192.168.1.10",
      "aws:SecureTransport": "true",
      "aws:CurrentTime": "2026-11-23T12:00:00Z",
      "aws:EpochTime": "1795435200",
      "aws:RequestedRegion": "us-east-1",
      "aws:PrincipalOrgID": "o-example",
      "aws:ViaAWSService": "false",
      ...more,
    };
    const own = action.startsWith("sts:") ? role.trust : of.keys.get(met.key ?? "");
    yield {
      label: `${persona}: ${action} on ${resource.split(":").slice(5).join(":")}`,
      request: { principal, action, resource: { arn: resource, account }, context },
      identity: role.identity,
      boundary: none,
      resource: met.bucket === undefined ? own : of.buckets.get(met.bucket),
      endpoint: met.endpoint === undefined ? undefined : of.endpoints.get(met.endpoint),
    };
  }
}

/** The reference platform's two people, on the policies its templates deploy. */
export async function readReferenceMix(example: string): Promise<readonly MixedRequest[]> {
  const of = await readReferencePlatform(example);
  return [
    ...personMix(of, "user1-data-scientist", "team-a", "data-scientist"),
    ...personMix(of, "user2-mlops", "team-b", "mlops"),
  ];
}
