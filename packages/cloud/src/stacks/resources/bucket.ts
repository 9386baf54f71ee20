/** S3 buckets and their policies: CloudFormation's property names against the S3 API's. */

import { ResourceFailure } from "../engine/failure.ts";
import type { ValueMap } from "../template/value.ts";
import { manyConfigurations } from "./bucket-configurations.ts";
import { lifecycleRules } from "./bucket-lifecycle.ts";
import { compact, declared, found, list, map, pick, policyText, type Step, type Work } from "./declared.ts";
import { type HandlerTable, type ResourceRequest, text } from "./handler.ts";
import { keyValues, systemTags, tagMap } from "./tags.ts";
import { websiteUrl } from "./website-url.ts";

const service = "s3";

/** A property set by one call and, where there is one, taken away by another. */
function setting(
  of: string,
  put: string,
  input: (value: ValueMap, work: Work) => object,
  remove?: string,
): Step {
  return {
    of: [of],
    run: async (work) => {
      const { id, p, r } = work;
      if (p[of] !== undefined)
        await r.call(service, put, compact({ Bucket: id, ...input(map(p[of]), work) }));
      else if (remove) await r.call(service, remove, { Bucket: id });
      else await r.call(service, put, compact({ Bucket: id, ...input({}, work) }));
    },
  };
}

function encryption(value: ValueMap): object {
  const Rules = list(value.ServerSideEncryptionConfiguration).map((one) => {
    const { ServerSideEncryptionByDefault, ...rest } = map(one);
    return compact({ ...rest, ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault });
  });
  return { ServerSideEncryptionConfiguration: { Rules } };
}

function notifications(value: ValueMap): object {
  if (
    list(value.LambdaConfigurations).length +
      list(value.QueueConfigurations).length +
      list(value.TopicConfigurations).length >
    0
  ) {
    throw new ResourceFailure(
      "NotificationConfiguration with Lambda, SQS or SNS targets is not supported by the Sagekeep local cloud",
    );
  }
  return {
    NotificationConfiguration:
      value.EventBridgeConfiguration === undefined ? {} : { EventBridgeConfiguration: {} },
  };
}

function cors(value: ValueMap): object {
  const CORSRules = list(value.CorsRules).map((one) => {
    const { Id, MaxAge, ExposedHeaders, ...rest } = map(one);
    return compact({ ...rest, ID: Id, MaxAgeSeconds: MaxAge, ExposeHeaders: ExposedHeaders });
  });
  return { CORSConfiguration: { CORSRules } };
}

function website(value: ValueMap): object {
  const { IndexDocument, ErrorDocument, RoutingRules, RedirectAllRequestsTo } = value;
  return {
    WebsiteConfiguration: compact({
      IndexDocument: IndexDocument === undefined ? undefined : { Suffix: IndexDocument },
      ErrorDocument: ErrorDocument === undefined ? undefined : { Key: ErrorDocument },
      RedirectAllRequestsTo,
      RoutingRules:
        RoutingRules === undefined
          ? undefined
          : list(RoutingRules).map((one) =>
              compact({ Condition: map(one).RoutingRuleCondition, Redirect: map(one).RedirectRule }),
            ),
    }),
  };
}

function objectLock(value: ValueMap): object {
  const retention = map(map(value.Rule).DefaultRetention);
  return {
    ObjectLockConfiguration: compact({
      ObjectLockEnabled: "Enabled",
      Rule: value.Rule === undefined ? undefined : { DefaultRetention: retention },
    }),
  };
}

const ACLS: Readonly<Record<string, string>> = {
  AuthenticatedRead: "authenticated-read",
  AwsExecRead: "aws-exec-read",
  BucketOwnerFullControl: "bucket-owner-full-control",
  BucketOwnerRead: "bucket-owner-read",
  LogDeliveryWrite: "log-delivery-write",
  Private: "private",
  PublicRead: "public-read",
  PublicReadWrite: "public-read-write",
};

const lacking = (of: string): Step => ({
  of: [of],
  run: async () => {
    throw new ResourceFailure(`${of} of AWS::S3::Bucket is not supported by the Sagekeep local cloud`);
  },
});

const STEPS: readonly Step[] = [
  setting(
    "OwnershipControls",
    "PutBucketOwnershipControls",
    (value) => ({ OwnershipControls: { Rules: list(value.Rules) } }),
    "DeleteBucketOwnershipControls",
  ),
  setting(
    "PublicAccessBlockConfiguration",
    "PutPublicAccessBlock",
    (value) => ({ PublicAccessBlockConfiguration: value }),
    "DeletePublicAccessBlock",
  ),
  {
    of: ["AccessControl"],
    op: "PutBucketAcl",
    input: ({ id, p }) => ({ Bucket: id, ACL: ACLS[text(p.AccessControl)] ?? "private" }),
  },
  setting("BucketEncryption", "PutBucketEncryption", encryption, "DeleteBucketEncryption"),
  setting("VersioningConfiguration", "PutBucketVersioning", (value) => ({
    VersioningConfiguration: { Status: value.Status ?? "Suspended" },
  })),
  setting(
    "LifecycleConfiguration",
    "PutBucketLifecycleConfiguration",
    (value, { r }) => ({
      LifecycleConfiguration: { Rules: lifecycleRules(value, r.logicalId) },
    }),
    "DeleteBucketLifecycle",
  ),
  setting("CorsConfiguration", "PutBucketCors", cors, "DeleteBucketCors"),
  setting("LoggingConfiguration", "PutBucketLogging", (value, { id }) => ({
    BucketLoggingStatus:
      Object.keys(value).length === 0
        ? {}
        : {
            LoggingEnabled: compact({
              TargetBucket: value.DestinationBucketName ?? id,
              TargetPrefix: value.LogFilePrefix ?? "",
              TargetObjectKeyFormat: value.TargetObjectKeyFormat,
            }),
          },
  })),
  setting("WebsiteConfiguration", "PutBucketWebsite", website, "DeleteBucketWebsite"),
  setting("NotificationConfiguration", "PutBucketNotificationConfiguration", notifications),
  {
    of: ["ObjectLockEnabled"],
    updateOnly: true,
    op: "PutObjectLockConfiguration",
    input: ({ id, p }) => {
      if (p.ObjectLockEnabled !== true)
        throw new ResourceFailure("Object Lock cannot be disabled on a bucket");
      return { Bucket: id, ...objectLock({}) };
    },
  },
  setting("ObjectLockConfiguration", "PutObjectLockConfiguration", objectLock),
  setting("AccelerateConfiguration", "PutBucketAccelerateConfiguration", (value) => ({
    AccelerateConfiguration: { Status: value.AccelerationStatus ?? "Suspended" },
  })),
  {
    of: ["AbacStatus"],
    op: "PutBucketAbac",
    input: ({ id, p }) => ({ Bucket: id, AbacStatus: { Status: p.AbacStatus ?? "Disabled" } }),
  },
  ...manyConfigurations,
  ...["ReplicationConfiguration", "MetadataConfiguration", "MetadataTableConfiguration"].map(lacking),
];

function putTags(
  Bucket: string,
  tags: Record<string, string>,
  call: ResourceRequest["call"],
): Promise<unknown> {
  return call(service, "PutBucketTagging", { Bucket, Tagging: { TagSet: keyValues(tags) } });
}

async function systemTagsOf(Bucket: string, r: ResourceRequest): Promise<Record<string, string>> {
  try {
    const { TagSet } = await r.read(service, "GetBucketTagging", { Bucket });
    return Object.fromEntries(
      (TagSet as { Key: string; Value: string }[])
        .filter(({ Key }) => Key.startsWith("aws:"))
        .map(({ Key, Value }) => [Key, Value]),
    );
  } catch {
    // it has no tags
    return {};
  }
}

export const bucketTypes: HandlerTable = {
  "AWS::S3::Bucket": (() => {
    const handler = declared({
      service,
      create: {
        op: "CreateBucket",
        input: ({ p, r }) => ({
          Bucket: text(p.BucketName) || r.generatedName(63, { lower: true }),
          CreateBucketConfiguration: r.region === "us-east-1" ? undefined : { LocationConstraint: r.region },
          ObjectLockEnabledForBucket: p.ObjectLockEnabled === true ? true : undefined,
          // an ACL needs an ownership that honours it, set before the ACL itself
          ObjectOwnership:
            p.AccessControl !== undefined &&
            p.AccessControl !== "Private" &&
            p.OwnershipControls === undefined
              ? "ObjectWriter"
              : undefined,
        }),
      },
      taken: async ({ p, r }) => {
        const name = text(p.BucketName);
        if (!(await found(r.read(service, "HeadBucket", { Bucket: name })))) return undefined;
        return `${name} already exists (Service: S3, Status Code: 0, Request ID: null)`;
      },
      id: (output, { p }) =>
        text(p.BucketName) ||
        text(output.Location)
          .replace(/^https?:\/\/([^.]+)\..*$/, "$1")
          .replace(/^\//, "")
          .replace(/\/$/, ""),
      steps: STEPS,
      attributes: (_, { id, r }) => ({
        Arn: `arn:${r.partition}:s3:::${id}`,
        DomainName: `${id}.s3.amazonaws.com`,
        DualStackDomainName: `${id}.s3.dualstack.${r.region}.amazonaws.com`,
        RegionalDomainName: `${id}.s3.${r.region}.amazonaws.com`,
        WebsiteURL: websiteUrl(id, r.region),
      }),
      delete: { op: "DeleteBucket", input: ({ id }) => ({ Bucket: id }) },
      nameProperty: "BucketName",
      tags: {
        // a bucket's tags are put as a whole, AWS's own among them
        put: async ({ id, r }, tags) => {
          const all = { ...tags, ...(await systemTagsOf(id, r)) };
          if (Object.keys(all).length === 0) await r.call(service, "DeleteBucketTagging", { Bucket: id });
          else await putTags(id, all, r.call);
        },
        system: ({ id, r }, tags) => putTags(id, tags, r.read),
      },
    });
    return {
      ...handler,
      async create(p, r) {
        const name = text(p.BucketName) || r.generatedName(63, { lower: true });
        lifecycleRules(map(p.LifecycleConfiguration), r.logicalId);
        const made = await handler.create({ ...p, BucketName: name }, r);
        const tags = tagMap(p.Tags, r.stackTags);
        if (Object.keys(tags).length > 0)
          await putTags(made.physicalId, { ...tags, ...systemTags(r) }, r.call);
        return made;
      },
    };
  })(),
  "AWS::S3::BucketPolicy": declared({
    service,
    create: {
      op: "PutBucketPolicy",
      input: ({ p }) => ({ Bucket: p.Bucket, Policy: policyText(p.PolicyDocument) }),
    },
    taken: async ({ p, r }) =>
      (await found(r.read(service, "GetBucketPolicy", { Bucket: p.Bucket })))
        ? `The bucket policy already exists on bucket ${text(p.Bucket)}.`
        : undefined,
    id: (_, { p }) => text(p.Bucket),
    steps: [
      {
        of: ["PolicyDocument"],
        updateOnly: true,
        op: "PutBucketPolicy",
        input: ({ p }) => ({ Bucket: p.Bucket, Policy: policyText(p.PolicyDocument) }),
      },
    ],
    delete: { op: "DeleteBucketPolicy", input: ({ p }) => pick(p, "Bucket") },
  }),
};
