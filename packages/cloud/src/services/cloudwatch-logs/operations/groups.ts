/** Log groups: names, retention, keys, tags. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
import type { LogGroup as LogGroupView } from "@aws-sdk/client-cloudwatch-logs";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Operations } from "../operation.ts";
import {
  events,
  groupArn,
  groupName,
  groupNamed,
  groups,
  invalid,
  type LogGroup,
  metricFilters,
  missing,
  pageOf,
  SEPARATOR,
  streams,
} from "../state.ts";

const RETENTION = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const MAX_TAGS = 50;

/** @param brief as a search by pattern answers, which was recorded to leave two members out */
const view = (context: ReadContext, group: Readonly<LogGroup>, brief: boolean): LogGroupView => ({
  logGroupName: group.name,
  arn: `${groupArn(context, group.name)}:*`,
  logGroupArn: groupArn(context, group.name),
  creationTime: group.created,
  ...(group.retentionDays !== undefined && { retentionInDays: group.retentionDays }),
  ...(group.kmsKeyId && { kmsKeyId: group.kmsKeyId }),
  metricFilterCount: metricFilters(context).entries({ prefix: `${group.name}${SEPARATOR}` }).length,
  logGroupClass: group.class,
  ...(!brief && {
    storedBytes: group.storedBytes,
    deletionProtectionEnabled: group.deletionProtection ?? false,
  }),
});

function checkName(name: string): void {
  if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) {
    throw invalid(
      `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
    );
  }
  if (/^aws\//i.test(name)) throw invalid("Log groups starting with AWS/ are reserved for AWS.");
}

/** The tags with others added. AWS's own do not count, and only AWS's services give them. */
function checkTags(
  given: Record<string, string>,
  context: CallContext,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const reserved = (key: string): boolean => /^aws:/i.test(key);
  const internal = (context as { internal?: boolean }).internal === true;
  const tags = { ...before, ...given };
  if (Object.keys(tags).filter((key) => !reserved(key)).length > MAX_TAGS) {
    throw new AwsError("TooManyTagsException", "Too many tags, the maximum is 50.");
  }
  if (!internal && Object.keys(given).some(reserved)) throw invalid("Tag keys cannot start with aws:");
  return tags;
}

/** The name of the group that an ARN of a tag operation means. */
function taggedGroup(context: CallContext, arn: string): Readonly<LogGroup> {
  if (!/^arn:[^:]*:logs:[^:]*:\d*:log-group:/.test(arn)) {
    throw invalid(`The specified resource ARN is not supported by the Sagekeep local cloud: ${arn}`);
  }
  const group = groups(context).get(groupName(undefined, arn));
  if (!group) throw missing("resource");
  return group;
}

function setTags(context: CallContext, name: string, tags: Record<string, string>): void {
  groups(context).update(name, (draft) => {
    draft.tags = checkTags(tags, context, draft.tags);
  });
}
function dropTags(context: CallContext, name: string, keys: readonly string[]): void {
  groups(context).update(name, (draft) => {
    for (const key of keys) delete draft.tags[key];
  });
}

export const groupOperations: Operations = {
  async CreateLogGroup(input, context) {
    checkName(input.logGroupName);
    const checkNew = () => {
      if (!groups(context).has(input.logGroupName)) return;
      throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
    };
    checkNew();
    if (input.kmsKeyId) {
      await checkKey(context, input.logGroupName, input.kmsKeyId);
      checkNew();
    }
    groups(context).put(input.logGroupName, {
      name: input.logGroupName,
      created: context.now,
      class: (input.logGroupClass as LogGroup["class"]) ?? "STANDARD",
      ...(input.kmsKeyId && { kmsKeyId: input.kmsKeyId }),
      tags: checkTags((input.tags ?? {}) as Record<string, string>, context),
      storedBytes: 0,
      ...(input.deletionProtectionEnabled && { deletionProtection: true }),
    });
    return {};
  },

  DeleteLogGroup(input, context) {
    const { name, deletionProtection } = groupNamed(context, groupName(input.logGroupName, undefined));
    if (deletionProtection)
      throw invalid("Log group has deletion protection enabled. Disable it and try again.");
    const prefix = `${name}${SEPARATOR}`;
    for (const [key, stream] of streams(context).entries({ prefix })) {
      for (const [event] of events(context, name, stream.name).entries())
        events(context, name, stream.name).delete(event);
      streams(context).delete(key);
    }
    for (const [key] of metricFilters(context).entries({ prefix })) metricFilters(context).delete(key);
    groups(context).delete(name);
    return {};
  },

  DescribeLogGroups(input, context) {
    const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, logGroupIdentifiers } = input;
    if (prefix && pattern)
      throw invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
    const names = logGroupIdentifiers?.map((one) => groupName(undefined, one));
    const known = groups(context)
      .list(prefix ? { prefix } : {})
      .filter(
        (one) =>
          (!pattern || one.name.includes(pattern)) &&
          (!names || names.includes(one.name)) &&
          (!input.logGroupClass || one.class === input.logGroupClass),
      );
    const { items, next } = pageOf(known, input.limit ?? 50, input.nextToken);
    return { logGroups: items.map((one) => view(context, one, pattern !== undefined)), nextToken: next };
  },

  ListLogGroups(input, context) {
    const known = groups(context)
      .list()
      .filter(
        (one) =>
          (!input.logGroupNamePattern || one.name.includes(input.logGroupNamePattern.replace(/^\^/, ""))) &&
          (!input.logGroupClass || one.class === input.logGroupClass),
      );
    const { items, next } = pageOf(known, input.limit ?? 50, input.nextToken);
    return {
      logGroups: items.map((one) => ({
        logGroupName: one.name,
        logGroupArn: groupArn(context, one.name),
        logGroupClass: one.class,
      })),
      nextToken: next,
    };
  },

  PutLogGroupDeletionProtection(input, context) {
    const { name } = groupNamed(context, groupName(undefined, input.logGroupIdentifier));
    groups(context).update(name, (draft) => {
      draft.deletionProtection = input.deletionProtectionEnabled ?? false;
    });
    return {};
  },

  PutRetentionPolicy(input, context) {
    if (!RETENTION.includes(input.retentionInDays)) {
      throw invalid(
        `1 validation error detected: Value '${input.retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTION.join(", ")}]`,
      );
    }
    const { name } = groupNamed(context, input.logGroupName);
    groups(context).update(name, (draft) => {
      draft.retentionDays = input.retentionInDays;
    });
    return {};
  },

  DeleteRetentionPolicy(input, context) {
    const { name } = groupNamed(context, input.logGroupName);
    groups(context).update(name, (draft) => {
      delete draft.retentionDays;
    });
    return {};
  },

  async AssociateKmsKey(input, context) {
    const { name } = groupNamed(context, groupName(input.logGroupName, input.resourceIdentifier));
    await checkKey(context, name, input.kmsKeyId);
    groups(context).update(name, (draft) => {
      draft.kmsKeyId = input.kmsKeyId;
    });
    return {};
  },

  DisassociateKmsKey(input, context) {
    const { name } = groupNamed(context, groupName(input.logGroupName, input.resourceIdentifier));
    groups(context).update(name, (draft) => {
      delete draft.kmsKeyId;
    });
    return {};
  },

  TagLogGroup(input, context) {
    setTags(context, groupNamed(context, input.logGroupName).name, input.tags as Record<string, string>);
    return {};
  },
  UntagLogGroup(input, context) {
    dropTags(context, groupNamed(context, input.logGroupName).name, input.tags);
    return {};
  },
  ListTagsLogGroup: (input, context) => ({ tags: { ...groupNamed(context, input.logGroupName).tags } }),
  TagResource(input, context) {
    setTags(context, taggedGroup(context, input.resourceArn).name, input.tags as Record<string, string>);
    return {};
  },
  UntagResource(input, context) {
    dropTags(context, taggedGroup(context, input.resourceArn).name, input.tagKeys);
    return {};
  },
  ListTagsForResource: (input, context) => ({ tags: { ...taggedGroup(context, input.resourceArn).tags } }),
};

/**
 * Logs tries the key as itself: its policy must let it in, for this group's context.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
async function checkKey(context: CallContext, group: string, key: string): Promise<void> {
  const arn = groupArn(context, group);
  const input = { KeyId: key, KeySpec: "AES_256", EncryptionContext: { "aws:logs:arn": arn } };
  const as = { kind: "service", sourceArn: arn, sourceAccount: context.account } as const;
  try {
    await context.call("kms", "GenerateDataKeyWithoutPlaintext", input, as);
  } catch {
    throw invalid(`The specified KMS key does not exist or is not allowed to be used with Arn '${arn}'`);
  }
}
