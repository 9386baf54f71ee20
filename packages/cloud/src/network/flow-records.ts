/**
 * Writes what flow logs see: one record a flow and direction, to CloudWatch Logs under the log's delivery role, or to
 * S3 as the delivery service. Records are gathered for a second and written together.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { CallContext } from "../context.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { formatColumns, formatFields, formatRecord, formatValues } from "../services/ec2/flow-log-format.ts";
import { all, change, tableOf } from "../services/ec2/kind.ts";
import { flowLogs, subnets } from "../services/ec2/kinds.ts";
import type { FlowLogRecord } from "../services/ec2/records.ts";
import { bodyOf } from "../wire/body.ts";
import { isAwsError } from "../wire/errors.ts";
import type { Flow } from "./flows.ts";
import { awsServiceAt } from "./names.ts";
import { writeParquet } from "./parquet.ts";

/** Milliseconds that records are gathered before they are written. */
const GATHER = 1000;
const SYN = 2;
const SYN_ACK = 18;

interface Pending {
  flow: Flow;
  at: number;
}

const waiting = new WeakMap<Runtime, Pending[]>();

/** Takes note of flows, for every flow log that covers their interface. */
export function recordFlows(runtime: Runtime, flows: readonly Flow[]): void {
  const seen = flows.filter(({ account, region, networkInterface: { id, subnetId, vpcId } }) =>
    all(runtime.within(account, region), flowLogs).some((log) =>
      [id, subnetId, vpcId].includes(log.resourceId),
    ),
  );
  if (seen.length === 0) return;
  let list = waiting.get(runtime);
  if (!list) waiting.set(runtime, (list = []));
  if (list.length === 0) runtime.clock.at(runtime.clock.now() + GATHER, () => flushFlows(runtime));
  const at = runtime.clock.now();
  for (const flow of seen) list.push({ flow, at });
}

/** Writes what still waits; used by tests and at the end. */
export async function flushFlows(runtime: Runtime): Promise<void> {
  const list = waiting.get(runtime)?.splice(0) ?? [];
  const homes = new Map<string, Pending[]>();
  for (const one of list) {
    const home = `${one.flow.account}/${one.flow.region}`;
    homes.set(home, [...(homes.get(home) ?? []), one]);
  }
  for (const [home, pending] of homes) {
    const [account = "", region = ""] = home.split("/");
    const context = runtime.within(account, region, "vpc-flow-logs");
    for (const log of all(context, flowLogs)) {
      const covered = pending.filter(
        ({ flow: { networkInterface, action } }) =>
          [networkInterface.id, networkInterface.subnetId, networkInterface.vpcId].includes(log.resourceId) &&
          (log.trafficType === "ALL" || log.trafficType === action),
      );
      if (covered.length === 0) continue;
      const error = await deliver(runtime, context, log, covered);
      if (error === log.deliveryError || !tableOf(context, flowLogs).has(log.id)) continue;
      change(context, flowLogs, log.id, (draft) => {
        if (error) draft.deliveryError = error;
        else delete draft.deliveryError;
      });
    }
  }
}

/** @returns what DescribeFlowLogs shows when it fails */
async function deliver(
  runtime: Runtime,
  context: CallContext,
  log: Readonly<FlowLogRecord>,
  list: readonly Pending[],
): Promise<string | undefined> {
  try {
    if (log.destinationType === "s3")
      await toS3(runtime.within(context.account, context.region, "delivery.logs"), log, list);
    else await toLogs(context, log, list);
    return undefined;
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return /AccessDenied|Unauthorized/.test(error.code) ? "Access error" : "Unknown error";
  }
}

async function toLogs(
  context: CallContext,
  log: Readonly<FlowLogRecord>,
  list: readonly Pending[],
): Promise<void> {
  const as = { kind: "role", arn: log.roleArn ?? "", sessionName: "vpc-flow-logs" } as const;
  const logGroupName = log.logGroupName ?? "";
  const logs = async (operation: string, input: object): Promise<void> => {
    await context.call("cloudwatch-logs", operation, input, as);
  };
  const there = async (work: Promise<void>): Promise<void> => {
    await work.catch((error: unknown) => {
      if (!isAwsError(error) || error.code !== "ResourceAlreadyExistsException") throw error;
    });
  };
  const streams = new Map<string, Pending[]>();
  for (const one of list) {
    const stream = `${one.flow.networkInterface.id}-${log.trafficType.toLowerCase()}`;
    streams.set(stream, [...(streams.get(stream) ?? []), one]);
  }
  for (const [logStreamName, pending] of streams) {
    const logEvents = pending.map((one) => ({ timestamp: one.at, message: lineOf(context, log, one) }));
    const put = () => logs("PutLogEvents", { logGroupName, logStreamName, logEvents });
    await put().catch(async (error: unknown) => {
      if (!isAwsError(error) || error.code !== "ResourceNotFoundException") throw error;
      if (error.message.includes("group")) await there(logs("CreateLogGroup", { logGroupName }));
      await there(logs("CreateLogStream", { logGroupName, logStreamName }));
      await put();
    });
  }
}

async function toS3(
  context: CallContext,
  log: Readonly<FlowLogRecord>,
  list: readonly Pending[],
): Promise<void> {
  const [, bucket = "", folder = ""] = /^arn:[^:]*:s3:::([^/]+)\/?(.*)$/.exec(log.destination) ?? [];
  const { account, region, now } = context;
  const day = new Date(now).toISOString();
  const [year, month, date, hour] = [day.slice(0, 4), day.slice(5, 7), day.slice(8, 10), day.slice(11, 13)];
  const places = log.hivePartitions
    ? [
        "AWSLogs",
        `aws-account-id=${account}`,
        "aws-service=vpcflowlogs",
        `aws-region=${region}`,
        `year=${year}`,
        `month=${month}`,
        `day=${date}`,
        ...(log.perHour ? [`hour=${hour}`] : []),
      ]
    : ["AWSLogs", account, "vpcflowlogs", region, year, month, date, ...(log.perHour ? [hour] : [])];
  const { body, suffix } = fileOf(context, log, list);
  const stamp = `${day.slice(0, 16).replace(/[-:]/g, "")}Z`;
  const hash = createHash("sha256").update(body).update(String(now)).digest("hex").slice(0, 8);
  const prefix = folder ? `${folder.replace(/\/$/, "")}/` : "";
  await context.call(
    "s3",
    "PutObject",
    {
      Bucket: bucket,
      Key: `${prefix}${places.join("/")}/${account}_vpcflowlogs_${region}_${log.id}_${stamp}_${hash}.log.${suffix}`,
      Body: bodyOf(body),
      ACL: "bucket-owner-full-control",
    },
    { kind: "service", sourceArn: `arn:aws:logs:${region}:${account}:*`, sourceAccount: account },
  );
}

function fileOf(
  context: CallContext,
  log: Readonly<FlowLogRecord>,
  list: readonly Pending[],
): { body: Buffer; suffix: string } {
  if (log.fileFormat === "parquet") {
    const rows = list.map((one) => formatValues(log.format, valuesOf(context, one)));
    return { body: writeParquet(formatColumns(log.format), rows), suffix: "parquet" };
  }
  const lines = [formatFields(log.format)?.join(" ") ?? "", ...list.map((one) => lineOf(context, log, one))];
  return { body: gzipSync(`${lines.join("\n")}\n`), suffix: "gz" };
}

const lineOf = (context: CallContext, log: Readonly<FlowLogRecord>, one: Pending): string =>
  formatRecord(log.format, valuesOf(context, one));

function valuesOf(context: CallContext, { flow, at }: Pending): Record<string, string | number | undefined> {
  const { networkInterface: one, direction, action } = flow;
  const { packetSource = flow.source, packetDestination = flow.destination } = flow;
  const seconds = Math.floor(at / 1000);
  const answer = flow.sourcePort < 1024 || flow.sourcePort < flow.destinationPort;
  const accepted = action === "ACCEPT";
  return {
    "account-id": context.account,
    "interface-id": one.id,
    srcaddr: flow.source,
    dstaddr: flow.destination,
    srcport: flow.sourcePort,
    dstport: flow.destinationPort,
    protocol: 6,
    // one packet for each thing we know was sent: a SYN, or its answer
    packets: 1,
    bytes: 60,
    start: seconds,
    end: seconds,
    action,
    "log-status": "OK",
    "vpc-id": one.vpcId,
    "subnet-id": one.subnetId,
    "tcp-flags": accepted && answer ? SYN_ACK : SYN,
    type: "IPv4",
    "pkt-srcaddr": packetSource,
    "pkt-dstaddr": packetDestination,
    "pkt-src-aws-service": awsServiceAt(context, packetSource),
    "pkt-dst-aws-service": awsServiceAt(context, packetDestination),
    region: context.region,
    "az-id": tableOf(context, subnets).get(one.subnetId)?.zoneId,
    "flow-direction": direction,
    "traffic-path": flow.trafficPath,
    "resource-id": one.id,
  };
}
