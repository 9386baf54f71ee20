/** Trails. */
import type * as CloudTrail from "@aws-sdk/client-cloudtrail";
import type { CallContext, ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";
import type { Handlers } from "../../wire/types.ts";
import { checkBucket, checkKey, checkLogs, checkTopic, organizationForTrail } from "./checks.ts";
import { signingKey } from "./digest.ts";
import { checkTrailName, trailNotFound } from "./errors.ts";
import { lookupEvents } from "./lookup-events.ts";
import { checkSelectors } from "./selector-check.ts";
import { DEFAULT_SELECTORS } from "./selectors.ts";
import { type Trail, trails } from "./state.ts";

const PER_REGION = 5;

export const trailArn = (name: string, context: ReadContext) =>
  name.startsWith("arn:") ? name : context.arn("cloudtrail", `trail/${name}`);

/** The trail with this name (in this region) or ARN. @throws TrailNotFound */
export function findTrail(name: string, context: ReadContext): Readonly<Trail> {
  const found = trails(context).get(trailArn(name, context));
  if (!found) {
    if (!name.startsWith("arn:")) checkTrailName(name);
    throw trailNotFound(name, context.account);
  }
  return found;
}

/** Only where the trail lives can it be changed. */
function ownTrail(name: string, context: ReadContext): Readonly<Trail> {
  const trail = findTrail(name, context);
  if (trail.region !== context.region) {
    throw new AwsError(
      "InvalidHomeRegionException",
      `Trail ${trail.arn} is not from the region ${context.region}. Trail can only be changed in its home region: ${trail.region}`,
    );
  }
  return trail;
}

function shown(trail: Trail): Omit<CloudTrail.Trail, "HomeRegion"> {
  return {
    Name: trail.name,
    S3BucketName: trail.bucket,
    ...(trail.prefix !== undefined && { S3KeyPrefix: trail.prefix }),
    ...(trail.snsTopic !== undefined && { SnsTopicName: trail.snsTopic }),
    IncludeGlobalServiceEvents: trail.globalEvents,
    IsMultiRegionTrail: trail.multiRegion,
    TrailARN: trail.arn,
    LogFileValidationEnabled: trail.validation,
    ...(trail.logGroupArn !== undefined && { CloudWatchLogsLogGroupArn: trail.logGroupArn }),
    ...(trail.roleArn !== undefined && { CloudWatchLogsRoleArn: trail.roleArn }),
    ...(trail.keyId !== undefined && { KmsKeyId: trail.keyId }),
    IsOrganizationTrail: trail.organization !== undefined,
  };
}

function described(trail: Trail): CloudTrail.Trail {
  const custom = trail.advanced !== undefined || trail.selectors !== undefined;
  return {
    ...shown(trail),
    HomeRegion: trail.region,
    HasCustomEventSelectors: custom,
    HasInsightSelectors: false,
  };
}

type Settings = Partial<
  Pick<
    CloudTrail.CreateTrailRequest,
    | "S3KeyPrefix"
    | "SnsTopicName"
    | "CloudWatchLogsLogGroupArn"
    | "CloudWatchLogsRoleArn"
    | "KmsKeyId"
    | "IncludeGlobalServiceEvents"
    | "IsMultiRegionTrail"
    | "EnableLogFileValidation"
    | "IsOrganizationTrail"
    | "S3BucketName"
  >
>;

/** The trail with new settings; an empty text takes a setting away. */
function withSettings(trail: Trail, input: Settings, context: CallContext): Trail {
  const next = structuredClone(trail);
  if (input.IsOrganizationTrail) next.organization = organizationForTrail(context);
  else if (input.IsOrganizationTrail === false) delete next.organization;
  const text = (
    member: "prefix" | "snsTopic" | "logGroupArn" | "roleArn" | "keyId",
    value: string | undefined,
  ) => {
    if (value === undefined) return;
    if (value === "") delete next[member];
    else next[member] = value;
  };
  text("prefix", input.S3KeyPrefix?.replace(/\/$/, ""));
  text("snsTopic", input.SnsTopicName);
  text("logGroupArn", input.CloudWatchLogsLogGroupArn);
  text("roleArn", input.CloudWatchLogsRoleArn);
  text("keyId", input.KmsKeyId);
  next.bucket = input.S3BucketName ?? next.bucket;
  next.globalEvents = input.IncludeGlobalServiceEvents ?? next.globalEvents;
  next.multiRegion = input.IsMultiRegionTrail ?? next.multiRegion;
  next.validation = input.EnableLogFileValidation ?? next.validation;
  if (next.multiRegion && !next.globalEvents) {
    throw new AwsError(
      "InvalidParameterCombinationException",
      "Multi-Region trail must include global service events.",
    );
  }
  return next;
}

const seconds = (time: number | undefined) => (time === undefined ? undefined : new Date(time));
const text = (time: number | undefined) =>
  time === undefined ? "" : `${new Date(time).toISOString().slice(0, 19)}Z`;

/** @param changed told after every change of a trail */
export function operations(
  changed: (context: CallContext) => void,
): Handlers<typeof CloudTrail, CallContext> {
  const save = (trail: Trail, context: CallContext) => {
    trails(context).put(trail.arn, trail);
    changed(context);
  };
  return {
    LookupEvents: lookupEvents,

    CreateTrail(input, context) {
      checkTrailName(input.Name);
      const arn = trailArn(input.Name, context);
      if (trails(context).has(arn)) {
        throw new AwsError(
          "TrailAlreadyExistsException",
          `Trail ${input.Name} already exists for customer: ${context.account}`,
        );
      }
      if (
        trails(context)
          .list()
          .filter((one) => one.region === context.region).length >= PER_REGION
      ) {
        throw new AwsError(
          "MaximumNumberOfTrailsExceededException",
          `User: ${context.account} already has ${PER_REGION} trails in ${context.region}.`,
        );
      }
      const trail = withSettings(
        {
          name: input.Name,
          arn,
          account: context.account,
          region: context.region,
          bucket: input.S3BucketName,
          multiRegion: false,
          globalEvents: true,
          validation: false,
          tags: input.TagsList ?? [],
          logging: false,
        },
        input,
        context,
      );
      checkBucket(trail, context);
      checkKey(trail, context);
      checkTopic(input.SnsTopicName);
      checkLogs(trail, context);
      save(trail, context);
      return shown(trail);
    },

    UpdateTrail(input, context) {
      const trail = withSettings(ownTrail(input.Name, context), input, context);
      checkBucket(trail, context);
      checkKey(trail, context);
      checkTopic(input.SnsTopicName);
      checkLogs(trail, context);
      save(trail, context);
      return shown(trail);
    },

    DescribeTrails(input, context) {
      const shadows = input.includeShadowTrails ?? true;
      const here = trails(context)
        .list()
        .filter((one) => one.region === context.region || (shadows && one.multiRegion));
      const names = input.trailNameList;
      const chosen = names?.length
        ? trails(context)
            .list()
            .filter((one) => names.includes(one.arn) || (names.includes(one.name) && here.includes(one)))
        : here;
      return { trailList: chosen.map(described) };
    },

    GetTrail: ({ Name }, context) => ({ Trail: described(findTrail(Name, context)) }),

    ListTrails: (_input, context) => ({
      Trails: trails(context)
        .list()
        .map((one) => ({ TrailARN: one.arn, Name: one.name, HomeRegion: one.region })),
    }),

    DeleteTrail({ Name }, context) {
      const trail = ownTrail(Name, context);
      trails(context).delete(trail.arn);
      changed(context);
      return {};
    },

    StartLogging({ Name }, context) {
      const trail = ownTrail(Name, context);
      if (!trail.logging) save({ ...structuredClone(trail), logging: true, started: context.now }, context);
      return {};
    },

    StopLogging({ Name }, context) {
      const trail = ownTrail(Name, context);
      if (trail.logging) save({ ...structuredClone(trail), logging: false, stopped: context.now }, context);
      return {};
    },

    GetTrailStatus({ Name }, context) {
      if (!Name.startsWith("arn:")) checkTrailName(Name);
      // its error names the ARN (moto's tests say so too)
      const trail = findTrail(trailArn(Name, context), context);
      return {
        IsLogging: trail.logging,
        ...(trail.lastDelivery !== undefined && { LatestDeliveryTime: seconds(trail.lastDelivery) }),
        ...(trail.lastError !== undefined && { LatestDeliveryError: trail.lastError }),
        ...(trail.started !== undefined && { StartLoggingTime: seconds(trail.started) }),
        ...(trail.stopped !== undefined && { StopLoggingTime: seconds(trail.stopped) }),
        ...(trail.lastLogsDelivery !== undefined && {
          LatestCloudWatchLogsDeliveryTime: seconds(trail.lastLogsDelivery),
        }),
        ...(trail.lastLogsError !== undefined && { LatestCloudWatchLogsDeliveryError: trail.lastLogsError }),
        ...(trail.digest && { LatestDigestDeliveryTime: seconds(trail.digest.last) }),
        LatestDeliveryAttemptTime: text(trail.lastAttempt),
        LatestNotificationAttemptTime: "",
        LatestNotificationAttemptSucceeded: "",
        LatestDeliveryAttemptSucceeded: text(trail.lastDelivery),
        TimeLoggingStarted: text(trail.started),
        TimeLoggingStopped: text(trail.stopped),
      };
    },

    PutEventSelectors(input, context) {
      const trail = structuredClone(ownTrail(input.TrailName, context)) as Trail;
      checkSelectors(input.EventSelectors, input.AdvancedEventSelectors);
      delete trail.selectors;
      delete trail.advanced;
      if (input.AdvancedEventSelectors) trail.advanced = input.AdvancedEventSelectors;
      else {
        trail.selectors = (input.EventSelectors ?? []).map((one) => ({
          ReadWriteType: one.ReadWriteType ?? "All",
          IncludeManagementEvents: one.IncludeManagementEvents ?? true,
          DataResources: one.DataResources ?? [],
          ExcludeManagementEventSources: one.ExcludeManagementEventSources ?? [],
        }));
      }
      save(trail, context);
      return {
        TrailARN: trail.arn,
        ...(trail.advanced
          ? { AdvancedEventSelectors: trail.advanced }
          : { EventSelectors: trail.selectors ?? [] }),
      };
    },

    GetEventSelectors({ TrailName }, context) {
      const trail = structuredClone(findTrail(TrailName, context)) as Trail;
      return {
        TrailARN: trail.arn,
        ...(trail.advanced
          ? { AdvancedEventSelectors: trail.advanced }
          : { EventSelectors: trail.selectors ?? DEFAULT_SELECTORS }),
      };
    },

    GetInsightSelectors({ TrailName }, context) {
      const trail = findTrail(TrailName ?? "", context);
      throw new AwsError(
        "InsightNotEnabledException",
        `Trail ${trail.name} does not have Insights enabled. Edit the trail settings to enable Insights, and then try the operation again.`,
      );
    },

    AddTags({ ResourceId, TagsList }, context) {
      const trail = structuredClone(findTrail(ResourceId, context)) as Trail;
      const keys = TagsList.map((tag) => tag.Key);
      trail.tags = [...trail.tags.filter((tag) => !keys.includes(tag.Key)), ...TagsList];
      if (trail.tags.length > 50) {
        throw new AwsError("TagsLimitExceededException", "The number of tags per trail must not exceed 50");
      }
      save(trail, context);
      return {};
    },

    RemoveTags({ ResourceId, TagsList }, context) {
      const trail = structuredClone(findTrail(ResourceId, context)) as Trail;
      const keys = TagsList.map((tag) => tag.Key);
      trail.tags = trail.tags.filter((tag) => !keys.includes(tag.Key));
      save(trail, context);
      return {};
    },

    ListTags: ({ ResourceIdList }, context) => ({
      ResourceTagList: ResourceIdList.map((ResourceId) => ({
        ResourceId,
        TagsList: structuredClone(findTrail(ResourceId, context).tags) as CloudTrail.Tag[],
      })),
    }),

    ListPublicKeys(_input, context) {
      const key = signingKey(context);
      return {
        PublicKeyList: [
          {
            Value: key.publicKey,
            ValidityStartTime: new Date(key.from),
            ValidityEndTime: new Date(key.from + 365 * 24 * 3600 * 1000),
            Fingerprint: key.fingerprint,
          },
        ],
      };
    },
  };
}
