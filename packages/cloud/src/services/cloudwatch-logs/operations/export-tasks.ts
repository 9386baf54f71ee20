/** Export tasks to S3. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateExportTask.html */
import { randomUUID } from "node:crypto";
import type { CallContext } from "../../../context.ts";
import { AwsError, isAwsError } from "../../../wire/errors.ts";
import { asLogs, scheduleExport } from "../exports.ts";
import type { Operations } from "../operation.ts";
import { type ExportTask, exportTasks, groupNamed, invalid, missing, pageOf } from "../state.ts";

const PREFIX = "exportedlogs";

/** Logs tries the bucket before it takes the task. */
async function tryBucket(context: CallContext, group: string, bucket: string, prefix: string): Promise<void> {
  const as = asLogs(context, group);
  const attempt = async (operation: string, input: object): Promise<void> => {
    try {
      await context.call("s3", operation, input, as);
    } catch (error) {
      if (isAwsError(error) && error.code === "NoSuchBucket") {
        throw invalid("The given bucket does not exist. Please make sure the bucket is valid.");
      }
      throw invalid(
        `${operation} call on the given bucket failed. Please check if CloudWatch Logs has been granted permission to perform this operation.`,
      );
    }
  };
  await attempt("GetBucketAcl", { Bucket: bucket });
  const Body = "Permission Check Successful";
  await attempt("PutObject", { Bucket: bucket, Key: `${prefix}/aws-logs-write-test`, Body });
}

const view = (one: Readonly<ExportTask>) => ({
  taskId: one.id,
  ...(one.name !== undefined && { taskName: one.name }),
  logGroupName: one.group,
  from: one.from,
  to: one.to,
  destination: one.bucket,
  destinationPrefix: one.prefix,
  status: { code: one.status, ...(one.message !== undefined && { message: one.message }) },
  executionInfo: {
    creationTime: one.created,
    ...(one.completed !== undefined && { completionTime: one.completed }),
  },
});

export const exportTaskOperations: Operations = {
  async CreateExportTask(input, context) {
    const group = groupNamed(context, input.logGroupName).name;
    if (input.from > input.to) throw invalid("The specified time range is invalid.");
    const prefix = input.destinationPrefix ?? PREFIX;
    await tryBucket(context, group, input.destination, prefix);
    const table = exportTasks(context);
    if (table.list().some((one) => one.status === "PENDING")) {
      throw new AwsError("LimitExceededException", "Resource limit exceeded.");
    }
    const id = randomUUID();
    const task = table.put(id, {
      id,
      ...(input.taskName !== undefined && { name: input.taskName }),
      group,
      ...(input.logStreamNamePrefix && { streamPrefix: input.logStreamNamePrefix }),
      from: input.from,
      to: input.to,
      bucket: input.destination,
      prefix,
      status: "PENDING",
      created: context.now,
    });
    scheduleExport(task, context);
    return { taskId: id };
  },

  DescribeExportTasks(input, context) {
    const known = exportTasks(context)
      .list()
      .filter(
        (one) =>
          (!input.taskId || one.id === input.taskId) &&
          (!input.statusCode || one.status === input.statusCode),
      )
      .sort((a, b) => b.created - a.created);
    const { items, next } = pageOf(known, input.limit ?? 50, input.nextToken);
    return { exportTasks: items.map(view), nextToken: next };
  },

  CancelExportTask(input, context) {
    const task = exportTasks(context).get(input.taskId);
    if (!task) throw missing("export task");
    if (task.status !== "PENDING") {
      throw new AwsError(
        "InvalidOperationException",
        "The specified export task has already finished or been cancelled.",
      );
    }
    exportTasks(context).update(task.id, (draft) => {
      draft.status = "CANCELLED";
      draft.message = "Cancelled by user";
    });
    return {};
  },
};
