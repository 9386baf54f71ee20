/**
 * One call as CloudTrail records it. The gateway calls `buildEvent` for each call, denied ones too, and hands the
 * result to `TrailStore.append`. Fields follow "CloudTrail record contents" of the CloudTrail User Guide.
 */
import { randomUUID } from "node:crypto";
import { isoSecond } from "../clock/iso-second.ts";
import type { Caller } from "../identity/caller.ts";
import type { NetworkPath } from "../network/path.ts";
import { isDataEvent, isReadOnly, recordsResponse } from "./kind.ts";
import { recordParameters } from "./parameters.ts";
import { eventResources } from "./resources.ts";
import { userIdentity } from "./user-identity.ts";

/** What the gateway knows of a finished call. */
export interface FinishedCall {
  caller: Caller;
  /** Key of the service (`Service.key`), e.g. `sagemaker`. */
  service: string;
  /** Its IAM action prefix, e.g. `logs`: `eventSource` is `<prefix>.amazonaws.com`. */
  actionPrefix: string;
  operation: string;
  input?: object | undefined;
  output?: unknown;
  /** Code (modelled shape name or wire code) and sentence, when it failed. */
  error?: { code: string; message: string } | undefined;
  /** Account and region in which the event is recorded. */
  account: string;
  region: string;
  /** Epoch milliseconds. */
  now: number;
  requestId: string;
  path: NetworkPath;
  /** Principal of the service that made the call on its own or the caller's behalf, e.g. `cloudformation.amazonaws.com`. */
  invokedBy?: string | undefined;
  userAgent?: string | undefined;
  /** Host header, for `tlsDetails`. */
  host?: string | undefined;
  /** @default decided by the operation's name */
  readOnly?: boolean | undefined;
  /** What the handler added with `context.note`. */
  notes?:
    | {
        resources?: { ARN: string; accountId?: string; type?: string }[];
        additionalEventData?: Record<string, unknown>;
        serviceEventDetails?: Record<string, unknown>;
        userIdentity?: Record<string, unknown>;
      }
    | undefined;
}

/** An event in CloudTrail's own field names, in CloudTrail's order. */
export interface CloudTrailEvent {
  eventVersion: string;
  userIdentity: Record<string, unknown>;
  /** ISO 8601 without fraction. */
  eventTime: string;
  eventSource: string;
  eventName: string;
  awsRegion: string;
  sourceIPAddress: string;
  userAgent: string;
  errorCode?: string;
  errorMessage?: string;
  requestParameters: Record<string, unknown> | null;
  responseElements: Record<string, unknown> | null;
  additionalEventData?: Record<string, unknown>;
  requestID: string;
  eventID: string;
  readOnly: boolean;
  resources?: { accountId?: string; type?: string; ARN: string }[];
  eventType: "AwsApiCall" | "AwsServiceEvent" | "AwsConsoleSignIn";
  managementEvent: boolean;
  recipientAccountId: string;
  sharedEventID?: string;
  vpcEndpointId?: string;
  vpcEndpointAccountId?: string;
  serviceEventDetails?: Record<string, unknown>;
  eventCategory: "Management" | "Data";
  tlsDetails?: { tlsVersion: string; cipherSuite: string; clientProvidedHostHeader: string };
}

/** Services without regions record in us-east-1, whatever endpoint was called. */
const GLOBAL = new Set(["iam", "organizations"]);

/** The event of a finished call. Pure, a few microseconds; never throws on odd input. */
export function buildEvent(call: FinishedCall): CloudTrailEvent {
  const { caller, path, error, notes } = call;
  const data = isDataEvent(call.service, call.operation);
  const readOnly = call.readOnly ?? isReadOnly(call.service, call.operation);
  const responded = !error && recordsResponse(call.service, call.operation, readOnly);
  const resources = notes?.resources ?? (data ? eventResources(call) : undefined);
  const event: CloudTrailEvent = {
    eventVersion: "1.11",
    userIdentity: notes?.userIdentity ?? userIdentity(caller, call.account, call.invokedBy),
    eventTime: isoSecond(call.now),
    eventSource: eventSource(call.service, call.actionPrefix),
    eventName: call.operation,
    awsRegion: GLOBAL.has(call.service) ? "us-east-1" : call.region,
    sourceIPAddress: call.invokedBy ?? path.sourceIp,
    userAgent: call.invokedBy ?? call.userAgent ?? "-",
    ...(error && {
      errorCode: call.service === "ec2" ? `Client.${error.code}` : error.code,
      errorMessage: error.message.slice(0, 1024),
    }),
    requestParameters: call.input ? recordParameters(call.service, call.operation, call.input) : null,
    responseElements: responded ? recordParameters(call.service, call.operation, call.output, true) : null,
    ...(notes?.additionalEventData && { additionalEventData: notes.additionalEventData }),
    requestID: call.requestId,
    eventID: randomUUID(),
    readOnly,
    ...(resources && { resources }),
    eventType: "AwsApiCall",
    managementEvent: !data,
    recipientAccountId: call.account,
    ...(path.endpoint && { vpcEndpointId: path.endpoint.id, vpcEndpointAccountId: path.endpoint.account }),
    ...(notes?.serviceEventDetails && { serviceEventDetails: notes.serviceEventDetails }),
    eventCategory: data ? "Data" : "Management",
    ...(path.secure &&
      !call.invokedBy &&
      call.host && {
        tlsDetails: {
          tlsVersion: "TLSv1.3",
          cipherSuite: "TLS_AES_128_GCM_SHA256",
          clientProvidedHostHeader: call.host,
        },
      }),
  };
  return event;
}

function eventSource(service: string, actionPrefix: string): string {
  switch (service) {
    case "cloudwatch":
      return "monitoring.amazonaws.com";
    case "sso-admin":
      return "sso.amazonaws.com";
    default:
      return `${actionPrefix}.amazonaws.com`;
  }
}
