/** SSM parameters, CloudWatch Logs, CloudTrail. */
import { alreadyThere, compact, declared, list, pick, policyText, type Work } from "./declared.ts";
import { type HandlerTable, text } from "./handler.ts";
import { keyValues, tagList, tagMap } from "./tags.ts";

const logs = "cloudwatch-logs";
const groupArn = (id: string, r: { partition: string; region: string; account: string }): string =>
  `arn:${r.partition}:logs:${r.region}:${r.account}:log-group:${id}`;

/** A filter of that name that the group has; its primary identifier has two parts, told as JSON. */
async function takenFilter({ p, r }: Work, operation: string, member: string): Promise<string | undefined> {
  const logGroupName = p.LogGroupName;
  const output = await r.read(logs, operation, { logGroupName, filterNamePrefix: p.FilterName });
  const filters: { filterName?: string }[] = output[member] ?? [];
  if (!filters.some((one) => one.filterName === p.FilterName)) return undefined;
  const parts = { "/properties/LogGroupName": logGroupName, "/properties/FilterName": p.FilterName };
  return alreadyThere(r, JSON.stringify(parts));
}

export const operationTypes: HandlerTable = {
  "AWS::SSM::Parameter": declared({
    service: "ssm",
    create: {
      op: "PutParameter",
      input: ({ p, r }) => ({
        Name: text(p.Name) || `CFN-${r.generatedName(1000)}`,
        ...pick(p, "Type", "Value", "Description", "AllowedPattern", "Tier", "Policies", "DataType"),
        Tags: tagList(p, r),
        Overwrite: false,
      }),
    },
    id: (_, { p }) => text(p.Name),
    steps: [
      {
        of: ["Type", "Value", "Description", "AllowedPattern", "Tier", "Policies", "DataType"],
        updateOnly: true,
        op: "PutParameter",
        input: ({ id, p }) => ({
          Name: id,
          ...pick(p, "Type", "Value", "Description", "AllowedPattern", "Tier", "Policies", "DataType"),
          Overwrite: true,
        }),
      },
    ],
    attributes: (_, { id, p, r }) => ({
      Type: text(p.Type),
      Value: text(p.Value),
      Arn: `arn:${r.partition}:ssm:${r.region}:${r.account}:parameter/${id.replace(/^\//, "")}`,
    }),
    delete: { op: "DeleteParameter", input: ({ id }) => ({ Name: id }) },
    nameProperty: "Name",
    tags: {
      put: ({ id, r }, tags) =>
        r.call("ssm", "AddTagsToResource", {
          ResourceType: "Parameter",
          ResourceId: id,
          Tags: keyValues(tags),
        }),
      remove: ({ id, r }, TagKeys) =>
        r.call("ssm", "RemoveTagsFromResource", { ResourceType: "Parameter", ResourceId: id, TagKeys }),
    },
  }),
  "AWS::Logs::LogGroup": declared({
    service: logs,
    create: {
      op: "CreateLogGroup",
      input: ({ p, r }) => {
        const tags = tagMap(p.Tags, r.stackTags);
        return {
          logGroupName: p.LogGroupName,
          kmsKeyId: p.KmsKeyId,
          logGroupClass: p.LogGroupClass,
          deletionProtectionEnabled: p.DeletionProtectionEnabled,
          tags: Object.keys(tags).length > 0 ? tags : undefined,
        };
      },
    },
    id: (_, { p }) => text(p.LogGroupName),
    steps: [
      {
        of: ["RetentionInDays"],
        run: async ({ id, p, r }) => {
          if (p.RetentionInDays === undefined)
            await r.call(logs, "DeleteRetentionPolicy", { logGroupName: id });
          else
            await r.call(logs, "PutRetentionPolicy", {
              logGroupName: id,
              retentionInDays: p.RetentionInDays,
            });
        },
      },
      {
        of: ["KmsKeyId"],
        updateOnly: true,
        run: async ({ id, p, r }) => {
          if (p.KmsKeyId === undefined) await r.call(logs, "DisassociateKmsKey", { logGroupName: id });
          else await r.call(logs, "AssociateKmsKey", { logGroupName: id, kmsKeyId: p.KmsKeyId });
        },
      },
      {
        of: ["DeletionProtectionEnabled"],
        updateOnly: true,
        op: "PutLogGroupDeletionProtection",
        input: ({ id, p }) => ({
          logGroupIdentifier: id,
          deletionProtectionEnabled: p.DeletionProtectionEnabled ?? false,
        }),
      },
      {
        of: ["DataProtectionPolicy"],
        run: async ({ id, p, r }) => {
          const policyDocument = policyText(p.DataProtectionPolicy);
          const logGroupIdentifier = id;
          if (policyDocument === undefined)
            await r.call(logs, "DeleteDataProtectionPolicy", { logGroupIdentifier });
          else await r.call(logs, "PutDataProtectionPolicy", { logGroupIdentifier, policyDocument });
        },
      },
    ],
    attributes: (_, { id, r }) => ({ Arn: `${groupArn(id, r)}:*` }),
    delete: { op: "DeleteLogGroup", input: ({ id }) => ({ logGroupName: id }) },
    nameProperty: "LogGroupName",
    tags: {
      put: ({ id, r }, tags) => r.call(logs, "TagResource", { resourceArn: groupArn(id, r), tags }),
      remove: ({ id, r }, tagKeys) =>
        r.call(logs, "UntagResource", { resourceArn: groupArn(id, r), tagKeys }),
    },
  }),
  "AWS::Logs::LogStream": declared({
    service: logs,
    create: {
      op: "CreateLogStream",
      input: ({ p }) => ({ logGroupName: p.LogGroupName, logStreamName: p.LogStreamName }),
    },
    id: (_, { p }) => text(p.LogStreamName),
    delete: {
      op: "DeleteLogStream",
      input: ({ p, id }) => ({ logGroupName: p.LogGroupName, logStreamName: id }),
    },
    nameProperty: "LogStreamName",
  }),
  "AWS::Logs::MetricFilter": declared({
    service: logs,
    create: { op: "PutMetricFilter", input: ({ p }) => metricFilter(p) },
    taken: (work) => takenFilter(work, "DescribeMetricFilters", "metricFilters"),
    id: (_, { p }) => text(p.FilterName),
    steps: [
      {
        of: ["FilterPattern", "MetricTransformations", "ApplyOnTransformedLogs"],
        updateOnly: true,
        op: "PutMetricFilter",
        input: ({ p }) => metricFilter(p),
      },
    ],
    delete: {
      op: "DeleteMetricFilter",
      input: ({ p, id }) => ({ logGroupName: p.LogGroupName, filterName: id }),
    },
    nameProperty: "FilterName",
  }),
  "AWS::Logs::SubscriptionFilter": declared({
    service: logs,
    create: { op: "PutSubscriptionFilter", input: ({ p }) => subscriptionFilter(p) },
    taken: (work) => takenFilter(work, "DescribeSubscriptionFilters", "subscriptionFilters"),
    id: (_, { p }) => text(p.FilterName),
    steps: [
      {
        of: ["FilterPattern", "DestinationArn", "RoleArn", "Distribution"],
        updateOnly: true,
        op: "PutSubscriptionFilter",
        input: ({ p }) => subscriptionFilter(p),
      },
    ],
    delete: {
      op: "DeleteSubscriptionFilter",
      input: ({ p, id }) => ({ logGroupName: p.LogGroupName, filterName: id }),
    },
    nameProperty: "FilterName",
  }),
  "AWS::Logs::ResourcePolicy": declared({
    service: logs,
    create: {
      op: "PutResourcePolicy",
      input: ({ p }) => ({ policyName: p.PolicyName, policyDocument: policyText(p.PolicyDocument) }),
    },
    taken: async ({ p, r }) => {
      const { resourcePolicies = [] } = await r.read(logs, "DescribeResourcePolicies", {});
      const there = (resourcePolicies as { policyName?: string }[]).some(
        (one) => one.policyName === p.PolicyName,
      );
      return there ? alreadyThere(r, text(p.PolicyName)) : undefined;
    },
    id: (_, { p }) => text(p.PolicyName),
    steps: [
      {
        of: ["PolicyDocument"],
        updateOnly: true,
        op: "PutResourcePolicy",
        input: ({ p }) => ({ policyName: p.PolicyName, policyDocument: policyText(p.PolicyDocument) }),
      },
    ],
    delete: { op: "DeleteResourcePolicy", input: ({ id }) => ({ policyName: id }) },
    nameProperty: "PolicyName",
  }),
  "AWS::CloudTrail::Trail": declared({
    service: "cloudtrail",
    create: {
      op: "CreateTrail",
      input: ({ p, r }) => ({ ...trail(p), Name: p.TrailName, TagsList: tagList(p, r) }),
    },
    id: (_, { p }) => text(p.TrailName),
    steps: [
      {
        of: ["IsLogging"],
        run: async ({ id, p, r }) => {
          await r.call("cloudtrail", p.IsLogging === true ? "StartLogging" : "StopLogging", { Name: id });
        },
      },
      {
        of: ["EventSelectors", "AdvancedEventSelectors"],
        op: "PutEventSelectors",
        input: ({ id, p }) =>
          compact({
            TrailName: id,
            EventSelectors: p.EventSelectors,
            AdvancedEventSelectors: p.AdvancedEventSelectors,
          }),
      },
      {
        of: ["InsightSelectors"],
        op: "PutInsightSelectors",
        input: ({ id, p }) => ({ TrailName: id, InsightSelectors: list(p.InsightSelectors) }),
      },
      {
        of: [
          "S3BucketName",
          "S3KeyPrefix",
          "SnsTopicName",
          "IncludeGlobalServiceEvents",
          "IsMultiRegionTrail",
          "EnableLogFileValidation",
          "CloudWatchLogsLogGroupArn",
          "CloudWatchLogsRoleArn",
          "KMSKeyId",
          "IsOrganizationTrail",
        ],
        updateOnly: true,
        op: "UpdateTrail",
        input: ({ id, p }) => ({ ...trail(p), Name: id }),
      },
    ],
    describe: { op: "GetTrail", input: ({ id }) => ({ Name: id }), pick: (output) => output.Trail },
    attributes: (one) => ({ Arn: one.TrailARN, SnsTopicArn: one.SnsTopicARN ?? "" }),
    delete: { op: "DeleteTrail", input: ({ id }) => ({ Name: id }) },
    nameProperty: "TrailName",
    tags: {
      put: ({ attributes, r }, tags) =>
        r.call("cloudtrail", "AddTags", { ResourceId: attributes.Arn, TagsList: keyValues(tags) }),
      remove: ({ attributes, r }, keys) =>
        r.call("cloudtrail", "RemoveTags", {
          ResourceId: attributes.Arn,
          TagsList: keys.map((Key) => ({ Key })),
        }),
    },
  }),
};

type Properties = Parameters<typeof pick>[0];

function trail(p: Properties): object {
  return compact({
    ...pick(
      p,
      "S3BucketName",
      "S3KeyPrefix",
      "SnsTopicName",
      "IncludeGlobalServiceEvents",
      "IsMultiRegionTrail",
      "IsOrganizationTrail",
      "CloudWatchLogsLogGroupArn",
      "CloudWatchLogsRoleArn",
    ),
    EnableLogFileValidation: p.EnableLogFileValidation,
    KmsKeyId: p.KMSKeyId,
  });
}

function metricFilter(p: Properties): object {
  return {
    logGroupName: p.LogGroupName,
    filterName: p.FilterName,
    filterPattern: p.FilterPattern ?? "",
    metricTransformations: list(p.MetricTransformations).map((one) => {
      const { MetricName, MetricNamespace, MetricValue, DefaultValue, Unit, Dimensions } = one as Properties;
      const dimensions = list(Dimensions).map((each) => [
        text((each as Properties).Key),
        text((each as Properties).Value),
      ]);
      return compact({
        metricName: MetricName,
        metricNamespace: MetricNamespace,
        metricValue: MetricValue,
        defaultValue: DefaultValue,
        unit: Unit,
        dimensions: dimensions.length > 0 ? Object.fromEntries(dimensions) : undefined,
      });
    }),
  };
}

function subscriptionFilter(p: Properties): object {
  return compact({
    logGroupName: p.LogGroupName,
    filterName: p.FilterName,
    filterPattern: p.FilterPattern ?? "",
    destinationArn: p.DestinationArn,
    roleArn: p.RoleArn,
    distribution: p.Distribution,
  });
}
