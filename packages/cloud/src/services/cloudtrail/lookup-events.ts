/** LookupEvents: the event history of the last 90 days. */
import type * as CloudTrail from "@aws-sdk/client-cloudtrail";
import type { CallContext } from "../../context.ts";
import type { CloudTrailEvent } from "../../trail/event.ts";
import { namedResources } from "../../trail/resources.ts";
import { type HistoryQuery, trailOf } from "../../trail/store.ts";
import { AwsError } from "../../wire/errors.ts";
import type { InputOf, ResultOf } from "../../wire/types.ts";

/** The name under which the history lists who called. */
export function usernameOf(event: CloudTrailEvent): string | undefined {
  const who = event.userIdentity as { type?: string; userName?: string; principalId?: string };
  switch (who.type) {
    case "Root":
      return "root";
    case "IAMUser":
      return who.userName;
    case "AssumedRole":
    case "FederatedUser":
      return who.principalId?.slice(who.principalId.indexOf(":") + 1);
    default:
      return who.userName;
  }
}

type Filter = Pick<HistoryQuery, "where" | "accept">;

function filterOf(attribute: CloudTrail.LookupAttribute | undefined): Filter {
  if (!attribute) return {};
  const value = attribute.AttributeValue ?? "";
  switch (attribute.AttributeKey) {
    case "EventId":
      return { where: { member: "eventID", value } };
    case "EventName":
      return { where: { member: "eventName", value } };
    case "EventSource":
      return { where: { member: "eventSource", value } };
    case "ReadOnly":
      return { accept: (event) => String(event.readOnly) === value.toLowerCase() };
    case "Username":
      return { accept: (event) => usernameOf(event) === value };
    case "AccessKeyId":
      return { accept: (event) => (event.userIdentity as { accessKeyId?: string }).accessKeyId === value };
    case "ResourceType":
      return { accept: (event) => namedResources(event).some((one) => one.ResourceType === value) };
    case "ResourceName":
      return { accept: (event) => namedResources(event).some((one) => one.ResourceName === value) };
    default:
      throw new AwsError("InvalidLookupAttributesException", "Lookup attribute is not valid");
  }
}

const token = (sequence: number, shape: string) => Buffer.from(`${sequence}|${shape}`).toString("base64");

/** The position in a token that belongs to this very query. @throws InvalidNextToken */
function readToken(text: string | undefined, shape: string): number | undefined {
  if (text === undefined) return undefined;
  const [sequence, ...rest] = Buffer.from(text, "base64").toString().split("|");
  if (!/^\d+$/.test(sequence ?? "") || rest.join("|") !== shape) {
    throw new AwsError("InvalidNextTokenException", "Next Token is not valid");
  }
  return Number(sequence);
}

export function lookupEvents(
  input: InputOf<typeof CloudTrail.LookupEventsCommand>,
  context: CallContext,
): ResultOf<typeof CloudTrail.LookupEventsCommand> {
  const attributes = input.LookupAttributes ?? [];
  if (attributes.length > 1) {
    throw new AwsError(
      "InvalidLookupAttributesException",
      "You can only specify one lookup attribute at a time.",
    );
  }
  const limit = input.MaxResults ?? 50;
  if (limit < 1 || limit > 50) {
    throw new AwsError("InvalidMaxResultsException", "MaxResults must be between 1 and 50");
  }
  const [from, to] = [input.StartTime?.getTime(), input.EndTime?.getTime()];
  if (from !== undefined && to !== undefined && from > to) {
    throw new AwsError("InvalidTimeRangeException", "End time must be after start time.");
  }
  if (input.EventCategory === "insight") return { Events: [] };
  const shape = JSON.stringify([attributes, from, to]);
  const found = trailOf(context.store, context.clock).query({
    account: context.account,
    region: context.region,
    from,
    to,
    before: readToken(input.NextToken, shape),
    limit: limit + 1,
    ...filterOf(attributes[0]),
  });
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    Events: shown.map(({ event }) => {
      const who = event.userIdentity as { accessKeyId?: string };
      const user = usernameOf(event);
      return {
        EventId: event.eventID,
        EventName: event.eventName,
        ReadOnly: String(event.readOnly),
        ...(who.accessKeyId !== undefined && { AccessKeyId: who.accessKeyId }),
        EventTime: new Date(event.eventTime),
        EventSource: event.eventSource,
        ...(user !== undefined && { Username: user }),
        Resources: namedResources(event),
        CloudTrailEvent: JSON.stringify(event),
      };
    }),
    ...(found.length > limit && last && { NextToken: token(last.sequence, shape) }),
  };
}
