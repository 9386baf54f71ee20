/** CloudTrail: the event history, and trails that deliver events to S3 and Logs. */
import type * as CloudTrail from "@aws-sdk/client-cloudtrail";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationTable, CloudRuntime, Service } from "../../service.ts";
import type { Store } from "../../store/store.ts";
import { Delivery } from "./delivery.ts";
import { operations, trailArn } from "./operations.ts";
import { trails } from "./state.ts";

const deliveries = new WeakMap<Store, Delivery>();

const everywhere = (action: string) => () => [{ action: `cloudtrail:${action}`, resource: "*" }];
const onTrail =
  (action: string, member: string) => (input: Record<string, unknown>, context: ReadContext) => [
    {
      action: `cloudtrail:${action}`,
      resource: trailArn(String(input[member] ?? ""), context),
      ...(Array.isArray(input.TagsList) && {
        context: tagKeys(input.TagsList as { Key?: string; Value?: string }[]),
      }),
    },
  ];
function tagKeys(tags: readonly { Key?: string; Value?: string }[]): Record<string, string | string[]> {
  const keys: Record<string, string | string[]> = { "aws:TagKeys": tags.map((tag) => tag.Key ?? "") };
  for (const tag of tags) keys[`aws:RequestTag/${tag.Key}`] = tag.Value ?? "";
  return keys;
}

const authorization: AuthorizationTable = {
  LookupEvents: everywhere("LookupEvents"),
  DescribeTrails: everywhere("DescribeTrails"),
  ListTrails: everywhere("ListTrails"),
  ListPublicKeys: everywhere("ListPublicKeys"),
  // the role travels to CloudTrail with the trail
  CreateTrail: (input: CloudTrail.CreateTrailRequest, context) => [
    ...onTrail("CreateTrail", "Name")(input as never, context),
    ...passRole(input.CloudWatchLogsRoleArn),
  ],
  UpdateTrail: (input: CloudTrail.UpdateTrailRequest, context) => [
    ...onTrail("UpdateTrail", "Name")(input as never, context),
    ...passRole(input.CloudWatchLogsRoleArn),
  ],
  GetTrail: onTrail("GetTrail", "Name"),
  GetTrailStatus: onTrail("GetTrailStatus", "Name"),
  DeleteTrail: onTrail("DeleteTrail", "Name"),
  StartLogging: onTrail("StartLogging", "Name"),
  StopLogging: onTrail("StopLogging", "Name"),
  PutEventSelectors: onTrail("PutEventSelectors", "TrailName"),
  GetEventSelectors: onTrail("GetEventSelectors", "TrailName"),
  GetInsightSelectors: onTrail("GetInsightSelectors", "TrailName"),
  AddTags: onTrail("AddTags", "ResourceId"),
  RemoveTags: onTrail("RemoveTags", "ResourceId"),
  ListTags: (input: CloudTrail.ListTagsRequest, context) =>
    (input.ResourceIdList ?? []).map((id) => ({
      action: "cloudtrail:ListTags",
      resource: trailArn(id, context),
    })),
};

function passRole(role: string | undefined) {
  if (!role) return [];
  return [
    {
      action: "iam:PassRole",
      resource: role,
      context: { "iam:PassedToService": "cloudtrail.amazonaws.com" },
    },
  ];
}

export const service: Service<typeof CloudTrail> = {
  key: "cloudtrail",
  actionPrefix: "cloudtrail",
  principal: "cloudtrail.amazonaws.com",
  operations: operations(({ store }) => deliveries.get(store)?.refresh()),
  authorization,
  resource(arn, context) {
    const [, , , , account = "", resource = ""] = arn.split(":");
    if (!resource.startsWith("trail/")) return undefined;
    const trail = trails(context.in(account)).get(arn);
    if (!trail) return undefined;
    const tags: Record<string, string> = {};
    for (const { Key, Value } of trail.tags) if (Key !== undefined) tags[Key] = Value ?? "";
    return { account, tags };
  },
  start(cloud) {
    deliveryOf(cloud).refresh();
  },
};

/** What delivers for a cloud. */
export function deliveryOf(cloud: CloudRuntime): Delivery {
  let found = deliveries.get(cloud.store);
  if (!found) deliveries.set(cloud.store, (found = new Delivery(cloud)));
  return found;
}
