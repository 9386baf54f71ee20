/** Which events a trail records: basic and advanced event selectors. */
import type { AdvancedEventSelector, AdvancedFieldSelector, EventSelector } from "@aws-sdk/client-cloudtrail";
import type { CloudTrailEvent } from "../../trail/event.ts";
import type { Trail } from "./state.ts";

/** What a trail records until it is told otherwise: management events. */
export const DEFAULT_SELECTORS: EventSelector[] = [
  {
    ReadWriteType: "All",
    IncludeManagementEvents: true,
    DataResources: [],
    ExcludeManagementEventSources: [],
  },
];

/** Services without regions, whose events a trail may leave out. */
const GLOBAL = new Set(["iam.amazonaws.com", "organizations.amazonaws.com"]);

/**
 * Whether the trail records this event.
 * @param organizationOf the id of an account's organisation
 */
export function records(
  trail: Trail,
  event: CloudTrailEvent,
  organizationOf: (account: string) => string | undefined,
): boolean {
  const account = event.recipientAccountId;
  if (account !== trail.account && (!trail.organization || organizationOf(account) !== trail.organization))
    return false;
  if (!trail.globalEvents && GLOBAL.has(event.eventSource)) return false;
  if (!trail.multiRegion && event.awsRegion !== trail.region) return false;
  if (trail.advanced) return trail.advanced.some((one) => advancedMatches(one, event));
  return (trail.selectors ?? DEFAULT_SELECTORS).some((one) => basicMatches(one, event));
}

function basicMatches(selector: EventSelector, event: CloudTrailEvent): boolean {
  if (selector.ReadWriteType === "ReadOnly" && !event.readOnly) return false;
  if (selector.ReadWriteType === "WriteOnly" && event.readOnly) return false;
  if (event.managementEvent) {
    return (
      (selector.IncludeManagementEvents ?? true) &&
      !selector.ExcludeManagementEventSources?.includes(event.eventSource)
    );
  }
  if (event.eventCategory !== "Data") return false;
  return (selector.DataResources ?? []).some((resource) =>
    (resource.Values ?? []).some((value) =>
      (event.resources ?? []).some(
        (one) => one.type === resource.Type && (one.ARN.startsWith(value) || value === "arn:aws:s3"),
      ),
    ),
  );
}

function advancedMatches(selector: AdvancedEventSelector, event: CloudTrailEvent): boolean {
  return (selector.FieldSelectors ?? []).every((field) => fieldMatches(field, event));
}

function valuesOf(field: string, event: CloudTrailEvent): string[] {
  switch (field) {
    case "eventCategory":
      return [event.eventCategory];
    case "readOnly":
      return [String(event.readOnly)];
    case "eventName":
      return [event.eventName];
    case "eventSource":
      return [event.eventSource];
    case "eventType":
      return [event.eventType];
    case "resources.type":
      // the object, not the bucket that holds it, is what a data event is about
      return event.resources?.[0]?.type ? [event.resources[0].type] : [];
    case "resources.ARN":
      return event.resources?.[0] ? [event.resources[0].ARN] : [];
    case "userIdentity.arn":
      return [String((event.userIdentity as { arn?: string }).arn ?? "")];
    case "sessionCredentialFromConsole":
      return ["false"];
    case "errorCode":
      return event.errorCode ? [event.errorCode] : [];
    case "vpcEndpointId":
      return event.vpcEndpointId ? [event.vpcEndpointId] : [];
    default:
      return [];
  }
}

function fieldMatches(field: AdvancedFieldSelector, event: CloudTrailEvent): boolean {
  const values = valuesOf(field.Field ?? "", event);
  const any = (list: readonly string[] | undefined, test: (value: string, one: string) => boolean) =>
    !list?.length || values.some((value) => list.some((one) => test(value, one)));
  const none = (list: readonly string[] | undefined, test: (value: string, one: string) => boolean) =>
    !list?.length || !values.some((value) => list.some((one) => test(value, one)));
  const equals = (value: string, one: string) => value === one;
  const starts = (value: string, one: string) => value.startsWith(one);
  const ends = (value: string, one: string) => value.endsWith(one);
  return (
    any(field.Equals, equals) &&
    any(field.StartsWith, starts) &&
    any(field.EndsWith, ends) &&
    none(field.NotEquals, equals) &&
    none(field.NotStartsWith, starts) &&
    none(field.NotEndsWith, ends)
  );
}
