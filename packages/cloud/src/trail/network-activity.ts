/**
 * Calls through VPC endpoints as the endpoint's owner sees them: events of a category of their own, for trails that
 * select it. See "Network activity events" in the CloudTrail User Guide.
 */
import { randomUUID } from "node:crypto";
import type { CloudTrailEvent } from "./event.ts";

/** Why the endpoint's policy stopped a call, in the words of the denial. */
const BY_ENDPOINT = /\b(?:no VPC endpoint policy allows|explicit deny in a VPC endpoint policy)\b/;

/** `undefined` for what came by no endpoint. */
export function networkActivity(event: CloudTrailEvent): CloudTrailEvent | undefined {
  const { vpcEndpointId, vpcEndpointAccountId, userIdentity, errorCode: _, errorMessage, ...rest } = event;
  if (!vpcEndpointId || !vpcEndpointAccountId) return undefined;
  const { type, principalId, arn, accountId, accessKeyId } = userIdentity;
  const own = accountId === vpcEndpointAccountId;
  return {
    eventVersion: rest.eventVersion,
    userIdentity: own
      ? { type, principalId, arn, accountId, accessKeyId }
      : { type: "AWSAccount", principalId, accountId },
    eventTime: rest.eventTime,
    eventSource: rest.eventSource,
    eventName: rest.eventName,
    awsRegion: rest.awsRegion,
    sourceIPAddress: rest.sourceIPAddress,
    userAgent: rest.userAgent,
    ...(BY_ENDPOINT.test(errorMessage ?? "") && {
      errorCode: "VpceAccessDenied",
      errorMessage: "The request was denied due to a VPC endpoint policy",
    }),
    requestParameters: null,
    responseElements: null,
    requestID: rest.requestID,
    eventID: randomUUID(),
    readOnly: rest.readOnly,
    eventType: "AwsVpceEvent",
    managementEvent: false,
    recipientAccountId: vpcEndpointAccountId,
    sharedEventID: randomUUID(),
    vpcEndpointId,
    vpcEndpointAccountId,
    eventCategory: "NetworkActivity",
  };
}
