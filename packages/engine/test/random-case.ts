/**
 * Random policies and requests from a small vocabulary, so that they meet often: the same names turn up in policies,
 * principals, contexts and ARNs. Everything follows from the seed.
 */
import type { PolicyDocument, PolicyKind, Statement } from "@sagekeep/policy";
import {
  type CompiledPolicy,
  compilePolicy,
  type KeyGrant,
  type OrganizationLevel,
  type PolicySet,
  type Principal,
  type Request,
} from "../src/index.ts";

/** A seeded source of choices (mulberry32). */
export class Choices {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A fraction in [0, 1). */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  some<T>(list: readonly T[], most: number): T[] {
    return Array.from({ length: 1 + this.below(most) }, () => this.of(list));
  }
}

const a = "111122223333";
const b = "444455556666";

const principals: readonly Principal[] = [
  { kind: "user", arn: `arn:aws:iam::${a}:user/ann`, account: a, uniqueId: "AIDAANN", tags: { team: "a" } },
  { kind: "user", arn: `arn:aws:iam::${b}:user/x/bob`, account: b, tags: { Team: "b*", dept: "" } },
  {
    kind: "session",
    arn: `arn:aws:sts::${a}:assumed-role/studio/ann`,
    roleArn: `arn:aws:iam::${a}:role/studio`,
    account: a,
    uniqueId: "AROASTUDIO",
    tags: { team: "b" },
    sessionTags: { TEAM: "a" },
    sourceIdentity: "ann",
  },
  {
    kind: "session",
    arn: `arn:aws:sts::${b}:assumed-role/deploy/s`,
    roleArn: `arn:aws:iam::${b}:role/path/deploy`,
    account: b,
  },
  {
    kind: "session",
    arn: `arn:aws:sts::${a}:assumed-role/AWSServiceRoleForX/s`,
    roleArn: `arn:aws:iam::${a}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`,
    account: a,
  },
  {
    kind: "federated-user",
    arn: `arn:aws:sts::${a}:federated-user/ann`,
    userArn: `arn:aws:iam::${a}:user/ann`,
    account: a,
  },
  { kind: "root", account: a, canonicalUserId: "c0ffee" },
  { kind: "root", account: b },
  { kind: "service", service: "sagemaker.amazonaws.com" },
  { kind: "federated", provider: `arn:aws:iam::${a}:saml-provider/idp` },
  { kind: "anonymous" },
];

const actions = [
  "s3:GetObject",
  "s3:PutObject",
  "S3:listbucket",
  "s3:ListAllMyBuckets",
  "s3:PutBucketPolicy",
  "kms:Decrypt",
  "kms:CreateGrant",
  "sts:AssumeRole",
  "sts:TagSession",
  "sts:GetCallerIdentity",
  "sagemaker:CreateApp",
  "sagemaker:ListUserProfiles",
  "made:Up",
];
const actionPatterns = [
  "*",
  "s3:*",
  "s3:Get*",
  "S3:GETOBJECT",
  "s3:?etObject",
  "kms:*",
  "kms:Decrypt",
  "sts:*",
  "sts:AssumeRole",
  "sagemaker:*",
  "sagemaker:List*",
  "sagemaker:CreateApp",
  "*:*",
  "s*:*o*",
  "s3: GetObject",
  "made:*",
  "s3",
];
const resources = [
  "arn:aws:s3:::b/a/1",
  "arn:aws:s3:::b/b*/x:y",
  "arn:aws:s3:::b",
  "arn:aws:s3:::b-a/\n",
  `arn:aws:kms:us-east-1:${a}:key/k1`,
  `arn:aws:iam::${a}:role/studio`,
  `arn:aws:iam::${b}:role/path/deploy`,
  `arn:aws:sagemaker:us-east-1:${a}:app/d-1/ann/JupyterLab/default`,
  `arn:aws:s3:us-east-1:${a}:accesspoint/p/object/a/1`,
  "*",
  "b",
];
const resourcePatterns = [
  "*",
  "**",
  "arn:aws:s3:::*",
  "arn:aws:s3:::b/*",
  "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
  "arn:aws:s3:::b-${aws:PrincipalTag/none, 'a'}/*",
  "arn:aws:s3:::b/*/${aws:username}*",
  "arn:aws:s3:::b/${*}*",
  "arn:aws:s3:::?",
  "arn:aws:s3",
  "arn:aws:*",
  "arn:*:kms:*:*:key/*",
  `arn:aws:kms:us-east-1:\${aws:PrincipalAccount}:key/k1`,
  `arn:aws:iam::${a}:role/*`,
  `arn:aws:sagemaker:*:${a}:*/*`,
  `arn:aws:s3:us-east-1:${a}:accesspoint/*`,
  "arn:aws:s3:::b/${aws:TagKeys}*",
  "arn:aws:s3:::${broken",
];
const names = [
  "*",
  a,
  b,
  `arn:aws:iam::${a}:root`,
  `arn:aws:iam::${a}:user/ann`,
  `arn:aws:iam::${b}:user/x/bob`,
  `arn:aws:iam::${a}:role/studio`,
  `arn:aws:sts::${a}:assumed-role/studio/ann`,
  `arn:aws:iam::${b}:role/path/deploy`,
  `arn:aws:sts::${a}:federated-user/ann`,
  "AIDAANN",
  "AROASTUDIO",
];
const keys = [
  "aws:PrincipalArn",
  "AWS:principalaccount",
  "aws:PrincipalTag/team",
  "aws:principaltag/TEAM",
  "aws:username",
  "aws:userid",
  "aws:SourceIp",
  "aws:sourcevpce",
  "aws:TagKeys",
  "aws:CurrentTime",
  "aws:SecureTransport",
  "aws:MultiFactorAuthAge",
  "s3:x",
  "aws:ResourceAccount",
  "aws:ViaAWSService",
  "aws:PrincipalIsAWSService",
  "s3:DataAccessPointAccount",
];
const values = [
  "a",
  "A",
  "b*",
  "",
  "*",
  "?",
  "ann",
  "true",
  "false",
  "True",
  "1",
  "1.0",
  "1e2",
  "99",
  "2026-01-01T00:00:00Z",
  "2026-01-01",
  "1767225600",
  "10.0.0.1",
  "10.0.0.0/8",
  "0.0.0.0/0",
  "::1",
  "0:0:0:0:0:0:0:1",
  "::/0",
  "2001:db8::/33",
  "::ffff:10.0.0.1",
  "QUJD",
  "QUI=",
  "vpce-1",
  a,
  b,
  `arn:aws:iam::${a}:role/studio`,
  "arn:aws:iam::*:role/*",
  "arn:aws:iam::111122223333:*",
  "${aws:PrincipalAccount}",
  "${aws:PrincipalTag/team}",
  "x${aws:none, 'y'}",
  "${aws:TagKeys}",
  "${*}",
  "arn:aws:iam::${aws:PrincipalAccount}:role/${aws:none, '*'}",
  "arn:aws:iam::${aws:PrincipalAccount}:*",
];
const operators = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
  "NumericEquals",
  "NumericNotEquals",
  "NumericLessThan",
  "NumericLessThanEquals",
  "NumericGreaterThan",
  "NumericGreaterThanEquals",
  "DateEquals",
  "DateNotEquals",
  "DateLessThan",
  "DateLessThanEquals",
  "DateGreaterThan",
  "DateGreaterThanEquals",
  "Bool",
  "BinaryEquals",
  "IpAddress",
  "NotIpAddress",
  "ArnEquals",
  "ArnLike",
  "ArnNotEquals",
  "ArnNotLike",
  "Null",
];

function operator(c: Choices): string {
  const base = c.of(operators);
  if (base === "Null") return base;
  const prefix = c.chance(0.2) ? c.of(["ForAllValues:", "ForAnyValue:"]) : "";
  return `${prefix}${base}${c.chance(0.2) ? "IfExists" : ""}`;
}

function condition(c: Choices): Record<string, Record<string, string | string[]>> {
  const block: Record<string, Record<string, string | string[]>> = {};
  for (let i = 0; i < 1 + c.below(2); i++) {
    block[operator(c)] = { [c.of(keys)]: c.chance(0.6) ? c.of(values) : c.some(values, 3) };
  }
  return block;
}

function principalElement(c: Choices): "*" | Record<string, string | string[]> {
  if (c.chance(0.25)) return "*";
  const element: Record<string, string | string[]> = {};
  if (c.chance(0.85)) element.AWS = c.some(names.slice(c.chance(0.7) ? 1 : 0), 5);
  if (c.chance(0.2)) element.Service = c.of(["sagemaker.amazonaws.com", "ec2.amazonaws.com"]);
  if (c.chance(0.1)) element.Federated = `arn:aws:iam::${a}:saml-provider/idp`;
  if (c.chance(0.1)) element.CanonicalUser = "c0ffee";
  return element;
}

const withPrincipal: readonly PolicyKind[] = [
  "resource",
  "bucket",
  "key",
  "trust",
  "accessPoint",
  "endpoint",
  "rcp",
];

function statement(c: Choices, kind: PolicyKind): Statement {
  const result: Record<string, unknown> = { Effect: c.chance(kind === "rcp" ? 0 : 0.8) ? "Allow" : "Deny" };
  const broad = c.chance(0.4);
  result[c.chance(0.9) ? "Action" : "NotAction"] = broad ? "*" : c.some(actionPatterns, 3);
  if (kind !== "trust") {
    result[c.chance(0.85) ? "Resource" : "NotResource"] = c.chance(0.4) ? "*" : c.some(resourcePatterns, 3);
  }
  if (withPrincipal.includes(kind)) {
    if (c.chance(0.95)) result[c.chance(0.85) ? "Principal" : "NotPrincipal"] = principalElement(c);
  }
  if (c.chance(0.35)) result.Condition = condition(c);
  return result as unknown as Statement;
}

/** A random policy of a kind. */
export function randomPolicy(c: Choices, kind: PolicyKind, name: string = kind): CompiledPolicy {
  const document = {
    ...(c.chance(0.9) ? { Version: c.chance(0.95) ? "2012-10-17" : "2008-10-17" } : {}),
    Statement: Array.from({ length: 1 + c.below(3) }, () => statement(c, kind)),
  } as PolicyDocument;
  return compilePolicy(document, { name, kind });
}

function policies(c: Choices, kind: PolicyKind, most: number): CompiledPolicy[] {
  return Array.from({ length: c.below(most + 1) }, () => randomPolicy(c, kind));
}

function levels(c: Choices, kind: PolicyKind): OrganizationLevel[] {
  return ["root", "ou"].map((level) => ({ level, policies: policies(c, kind, 3) }));
}

function grant(c: Choices): KeyGrant {
  return {
    granteePrincipal: c.of([...names.slice(1), "sagemaker.amazonaws.com"]),
    operations: c.some(["Decrypt", "Encrypt"], 2),
    ...(c.chance(0.3)
      ? {
          constraints: {
            [c.of(["encryptionContextEquals", "encryptionContextSubset"])]: { k: c.of(["1", "2"]) },
          },
        }
      : {}),
  };
}

/** A random policy set. */
export function randomPolicySet(c: Choices): PolicySet {
  return {
    identity: policies(c, c.of(["identity", "inline"] as const), 3),
    ...(c.chance(0.25) ? { boundary: policies(c, "boundary", 1) } : {}),
    ...(c.chance(0.25) ? { session: policies(c, "session", 2) } : {}),
    ...(c.chance(0.7)
      ? { resource: randomPolicy(c, c.of(["resource", "bucket", "key", "trust"] as const)) }
      : {}),
    ...(c.chance(0.25) ? { scps: levels(c, "scp") } : {}),
    ...(c.chance(0.25) ? { rcps: levels(c, "rcp") } : {}),
    ...(c.chance(0.25) ? { endpoint: policies(c, "endpoint", 2) } : {}),
    ...(c.chance(0.2) ? { endpointType: c.of(["gateway", "interface"] as const) } : {}),
    ...(c.chance(0.5) ? { accessPoint: randomPolicy(c, "accessPoint") } : {}),
    ...(c.chance(0.3) ? { keyGrants: [grant(c)] } : {}),
    ...(c.chance(0.3) ? { blockPublicAccess: { [c.of(["account", "bucket", "accessPoint"])]: true } } : {}),
    ...(c.chance(0.2) ? { organization: { managementAccount: c.of([a, b]) } } : {}),
  };
}

/** A random request. */
export function randomRequest(c: Choices): Request {
  const context: Record<string, string | string[]> = {};
  for (let i = 0; i < c.below(5); i++) {
    const key = c.chance(0.15) ? "kms:EncryptionContext:k" : c.of(keys);
    context[key] = c.chance(0.75) ? c.of(values) : Array.from({ length: c.below(4) }, () => c.of(values));
  }
  const arn = c.of(resources);
  return {
    principal: c.of(principals),
    action: c.of(actions),
    resource: {
      arn,
      ...(c.chance(0.7) ? { account: c.of([a, a, b]) } : {}),
      ...(c.chance(0.2) ? { bucketArn: "arn:aws:s3:::b/a/1" } : {}),
      ...(c.chance(0.1) ? { bucketAccount: c.of([a, b]) } : {}),
    },
    ...(c.chance(0.8) ? { context } : {}),
  };
}
