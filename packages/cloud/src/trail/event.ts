/**
 * One call as CloudTrail records it. The gateway calls `buildEvent` for each call, denied ones too, and hands the
 * result to `TrailStore.append`. Fields follow "CloudTrail record contents" of the CloudTrail User Guide.
 */
import { randomUUID } from "node:crypto";
import { isoSecond } from "../clock/iso-second.ts";
import type { Caller } from "../identity/caller.ts";
import type { NetworkPath } from "../network/path.ts";
import { isDataEvent, isReadOnly, recordsResponse } from "./kind.ts";
import { kmsAdditional, kmsRequest, kmsResources, kmsResponse } from "./kms.ts";
import { recordParameters } from "./parameters.ts";
import { eventResources } from "./resources.ts";
import { s3Additional, s3EventName, s3Request, s3Response } from "./s3.ts";
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
  /** What came by HTTP. */
  http?: { host: string; query: string; headers: Record<string, string>; secure: boolean } | undefined;
  /** @default decided by the operation's name */
  readOnly?: boolean | undefined;
  /** What the handler added with `context.note`. */
  notes?:
    | {
        resources?: { ARN: string; accountId?: string; type?: string }[];
        additionalEventData?: Record<string, unknown>;
        serviceEventDetails?: Record<string, unknown>;
        userIdentity?: Record<string, unknown>;
        requestParameters?: Record<string, unknown>;
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
  eventType: "AwsApiCall" | "AwsServiceEvent" | "AwsConsoleSignIn" | "AwsVpceEvent";
  managementEvent: boolean;
  recipientAccountId: string;
  sharedEventID?: string;
  vpcEndpointId?: string;
  vpcEndpointAccountId?: string;
  serviceEventDetails?: Record<string, unknown>;
  eventCategory: "Management" | "Data" | "NetworkActivity";
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
  const resources = resourcesOf(call, data);
  const additional = additionalOf(call);
  const event: CloudTrailEvent = {
    eventVersion: "1.11",
    userIdentity: notes?.userIdentity ?? userIdentity(caller, call.account, call.invokedBy),
    eventTime: isoSecond(call.now),
    eventSource: eventSource(call.service, call.actionPrefix),
    eventName: s3EventName(call.service, call.operation),
    awsRegion: GLOBAL.has(call.service) ? "us-east-1" : call.region,
    sourceIPAddress: call.invokedBy ?? path.sourceIp,
    userAgent: call.invokedBy ?? call.userAgent ?? serviceOf(path.sourceIp) ?? "-",
    ...(error && {
      errorCode: call.service === "ec2" ? `Client.${error.code}` : error.code,
      errorMessage: error.message.slice(0, 1024),
    }),
    requestParameters: requestOf(call),
    responseElements: responded ? responseOf(call) : null,
    ...(additional && { additionalEventData: additional }),
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
      call.http && {
        tlsDetails: {
          tlsVersion: "TLSv1.3",
          cipherSuite: "TLS_AES_128_GCM_SHA256",
          clientProvidedHostHeader: call.http.host,
        },
      }),
  };
  return event;
}

function resourcesOf(call: FinishedCall, data: boolean): CloudTrailEvent["resources"] {
  const { service, output, notes } = call;
  if (service === "kms") return kmsResources(output, notes?.resources);
  return notes?.resources ?? (data || service === "s3" ? eventResources(call) : undefined);
}

function additionalOf({ service, http, requestId, output, notes }: FinishedCall) {
  const noted = notes?.additionalEventData;
  if (service === "s3") return s3Additional(http, requestId, noted);
  return service === "kms" ? (kmsAdditional(output) ?? noted) : noted;
}

function requestOf({
  service,
  operation,
  input,
  region,
  http,
  notes,
}: FinishedCall): CloudTrailEvent["requestParameters"] {
  if (!input) return null;
  if (service === "s3") return s3Request(operation, input as Record<string, unknown>, region, http);
  const record = recordParameters(service, operation, input);
  if (service === "kms") return kmsRequest(operation, record);
  const noted = notes?.requestParameters;
  return noted ? { ...noted, ...record } : record;
}

function responseOf({
  service,
  operation,
  output,
  requestId,
  notes,
}: FinishedCall): CloudTrailEvent["responseElements"] {
  if (service === "s3") return s3Response(operation, output);
  const record = recordParameters(service, operation, output, true);
  if (service === "kms") return kmsResponse(record, notes?.resources);
  return service === "ec2" && record ? { requestId, ...record } : record;
}

/** A service that calls with a role of the account is its own user agent. */
const serviceOf = (source: string) => (source.endsWith(".amazonaws.com") ? source : undefined);

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
