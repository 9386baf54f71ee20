/**
 * Flow logs of VPCs, subnets and interfaces. Their records are written by network/flow-records.ts.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
 */
import type { FlowLog } from "@aws-sdk/client-ec2";
import type { ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { tokenOf } from "../client-tokens.ts";
import { allowDelivery } from "../delivery-policy.ts";
import { invalidValue, need, unsupported } from "../errors.ts";
import { DEFAULT_FORMAT, formatFields } from "../flow-log-format.ts";
import { newId } from "../identifiers.ts";
import { absentError, add, all, describe, remove, tableOf, tagList } from "../kind.ts";
import { flowLogs, networkInterfaces, subnets, vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { FlowLogRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";

const RESOURCES = { VPC: vpcs, Subnet: subnets, NetworkInterface: networkInterfaces } as const;

const invalid = (message: string) => new AwsError("InvalidParameter", message);

const view = (log: Readonly<FlowLogRecord>): FlowLog => ({
  FlowLogId: log.id,
  FlowLogStatus: "ACTIVE",
  ResourceId: log.resourceId,
  TrafficType: log.trafficType,
  LogDestinationType: log.destinationType,
  ...(log.destination && { LogDestination: log.destination }),
  ...(log.logGroupName && { LogGroupName: log.logGroupName }),
  ...(log.roleArn && { DeliverLogsPermissionArn: log.roleArn }),
  ...(log.crossAccountRole && { DeliverCrossAccountRole: log.crossAccountRole }),
  LogFormat: log.format,
  MaxAggregationInterval: log.interval,
  CreationTime: new Date(log.created),
  DeliverLogsStatus: log.deliveryError ? "FAILED" : "SUCCESS",
  ...(log.deliveryError && { DeliverLogsErrorMessage: log.deliveryError }),
  ...(log.destinationType === "s3" && {
    DestinationOptions: {
      FileFormat: (log.fileFormat ?? "plain-text") as "plain-text",
      HiveCompatiblePartitions: log.hivePartitions ?? false,
      PerHourPartition: log.perHour ?? false,
    },
  }),
  Tags: tagList(log.tags),
});

interface Destination {
  destination: string;
  logGroupName?: string;
}

function destinationOf(
  context: ReadContext,
  type: FlowLogRecord["destinationType"],
  input: {
    LogDestination?: string | undefined;
    LogGroupName?: string | undefined;
    DeliverLogsPermissionArn?: string | undefined;
  },
): Destination {
  const { LogDestination, LogGroupName, DeliverLogsPermissionArn } = input;
  if (LogDestination && LogGroupName) {
    throw invalid("Please only provide LogGroupName or only provide LogDestination.");
  }
  if (type === "s3") {
    if (LogGroupName) {
      throw invalid("LogDestination type must be cloud-watch-logs if LogGroupName is provided.");
    }
    if (!LogDestination) throw invalid("LogDestination can't be empty if LogGroupName is not provided.");
    if (DeliverLogsPermissionArn) throw invalid("DeliverLogsPermissionArn is not applicable for s3 delivery");
    const bucket = /^arn:[^:]*:s3:::([^/]+)/.exec(LogDestination)?.[1];
    if (!bucket) throw invalid(`Invalid LogDestination: ${LogDestination}`);
    return { destination: LogDestination };
  }
  if (!LogGroupName && !LogDestination)
    throw invalid("LogDestination can't be empty if LogGroupName is not provided.");
  if (!DeliverLogsPermissionArn) {
    throw invalid("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.");
  }
  const group =
    LogGroupName ?? /^arn:[^:]*:logs:[^:]*:\d*:log-group:([^:]+)(:\*)?$/.exec(LogDestination!)?.[1];
  if (!group) throw invalid(`Invalid LogDestination: ${LogDestination}`);
  return {
    destination: LogDestination ?? context.arn("logs", `log-group:${group}`),
    logGroupName: group,
  };
}

export const flowLogOperations: Operations = {
  CreateFlowLogs(input, context) {
    const resourceType = need(input.ResourceType as string | undefined, "resourceType");
    if (resourceType.startsWith("TransitGateway") || resourceType === "RegionalNatGateway") {
      throw unsupported(`A flow log of a ${resourceType}`);
    }
    const kind = RESOURCES[resourceType as keyof typeof RESOURCES];
    if (!kind) throw invalidValue(`Value (${resourceType}) for parameter resourceType is invalid.`);
    const type = (input.LogDestinationType ?? "cloud-watch-logs") as FlowLogRecord["destinationType"];
    if (type === "kinesis-data-firehose") throw unsupported("Delivery of flow logs to Amazon Data Firehose");
    if (!["cloud-watch-logs", "s3"].includes(type)) {
      throw invalidValue(`Value (${type}) for parameter logDestinationType is invalid.`);
    }
    const trafficType = need(input.TrafficType as string | undefined, "trafficType");
    if (!["ACCEPT", "REJECT", "ALL"].includes(trafficType)) {
      throw invalidValue(`Value (${trafficType}) for parameter trafficType is invalid.`);
    }
    const interval = input.MaxAggregationInterval ?? 600;
    if (interval !== 60 && interval !== 600) throw invalid("Invalid Flow Log Max Aggregation Interval");
    const format = input.LogFormat ?? DEFAULT_FORMAT;
    if (!formatFields(format)) throw invalid(`Invalid LogFormat: ${format}`);
    const fileFormat = input.DestinationOptions?.FileFormat as string | undefined;
    if (fileFormat !== undefined && !["plain-text", "parquet"].includes(fileFormat))
      throw invalidValue(`Value (${fileFormat}) for parameter fileFormat is invalid.`);
    const where = destinationOf(context, type, input);
    const bucket = /^arn:[^:]*:s3:::([^/]+)/.exec(where.destination)?.[1];
    const noBucket = bucket !== undefined && !context.facts(`arn:aws:s3:::${bucket}`);
    const tags = specifiedTags(input.TagSpecifications, "vpc-flow-log");
    const FlowLogIds: string[] = [];
    const Unsuccessful: { ResourceId: string; Error: { Code: string; Message: string } }[] = [];
    for (const id of need(input.ResourceIds, "resourceId")) {
      const fail = (Code: string, Message: string) =>
        Unsuccessful.push({ ResourceId: id, Error: { Code, Message } });
      if (!tableOf(context, kind as typeof vpcs).has(id)) {
        fail(kind.notFoundCode, kind.notFound(id));
        continue;
      }
      const twin = all(context, flowLogs).some(
        (one) =>
          one.resourceId === id &&
          one.destination === where.destination &&
          one.trafficType === trafficType &&
          one.format === format,
      );
      if (twin) {
        throw new AwsError(
          "FlowLogAlreadyExists",
          "Error. There is an existing Flow Log with the same configuration and log destination.",
        );
      }
      if (noBucket) {
        fail("400", `LogDestination: ${bucket} does not exist`);
        continue;
      }
      const log = add(context, flowLogs, {
        id: newId("fl"),
        tags,
        resourceId: id,
        trafficType: trafficType as FlowLogRecord["trafficType"],
        destinationType: type,
        ...where,
        ...(input.DeliverLogsPermissionArn && { roleArn: input.DeliverLogsPermissionArn }),
        ...(input.DeliverCrossAccountRole && { crossAccountRole: input.DeliverCrossAccountRole }),
        format,
        interval,
        created: context.now,
        ...(input.DestinationOptions && {
          fileFormat: input.DestinationOptions.FileFormat ?? "plain-text",
          hivePartitions: input.DestinationOptions.HiveCompatiblePartitions ?? false,
          perHour: input.DestinationOptions.PerHourPartition ?? false,
        }),
      });
      FlowLogIds.push(log.id);
    }
    // beside the answer, as on AWS; a dry run keeps nothing
    if (type === "s3" && FlowLogIds.length && !input.DryRun) {
      void allowDelivery(
        context,
        where.destination,
        input.DestinationOptions?.HiveCompatiblePartitions,
      ).catch(() => undefined);
    }
    return { FlowLogIds, Unsuccessful, ClientToken: tokenOf(input) };
  },

  DescribeFlowLogs(input, context) {
    const { Filter: Filters, ...rest } = input;
    const { items, next } = describe(context, flowLogs, { ...rest, Filters }, input.FlowLogIds, { least: 1 });
    return { FlowLogs: items.map(view), NextToken: next };
  },

  DeleteFlowLogs(input, context) {
    const ids = need(input.FlowLogIds, "flowLogId");
    const gone = ids.filter((id) => !tableOf(context, flowLogs).has(id));
    if (gone.length) throw absentError(flowLogs, ...gone);
    for (const id of ids) remove(context, flowLogs, id);
    return { Unsuccessful: [] };
  },
};
